import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, QUIET } from '../api.ts'
import { DeliveryView, WebhookView } from '../webhooks/views.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { Nullable } from '../wire-types.ts'

const Nothing = Type.Optional(Type.Object({ plan: Type.Optional(Type.String()) }))

export const webhooksApi = {
  'GET /api/coordination/webhooks': {
    summary: 'The webhooks of the topology and how their receivers do',
    effect: 'read',
    reply: { 200: Type.Object({ webhooks: Type.Array(WebhookView) }) },
  },
  'POST /api/coordination/webhooks/:name/test': {
    summary: 'Sends a test event at once and says what came of it',
    effect: 'operate',
    params: Type.Object({ name: Type.String({ maxLength: 64 }) }),
    body: Nothing,
    reply: { 200: Type.Object({ delivery: DeliveryView }) },
  },
  'GET /api/coordination/deliveries': {
    summary: 'What was sent to webhooks and what waits, newest first',
    effect: 'read',
    query: Type.Object({
      webhook: Type.Optional(Type.String()),
      limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
      cursor: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    reply: {
      200: Type.Object({
        deliveries: Type.Array(DeliveryView),
        next_cursor: Nullable(Type.String()),
      }),
    },
  },
  'POST /api/coordination/deliveries/:id/redeliver': {
    summary: 'Sends a delivery again, under the same webhook-id',
    effect: 'operate',
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    body: Nothing,
    reply: { 202: Type.Object({ delivery: DeliveryView }) },
  },
} as const satisfies Api

export const webhooksHandlers = (webhooks: Webhooks): Handlers<typeof webhooksApi> => ({
  'GET /api/coordination/webhooks': () => answer(200, { webhooks: webhooks.views() }),
  'POST /api/coordination/webhooks/:name/test': {
    plan: ({ params }) =>
      planSending(`Send a test to “${webhooks.find(params.name).name}”?`, 'Send the test'),
    apply: async (_plan, { params }) => answer(200, { delivery: await webhooks.test(params.name) }),
  },
  'GET /api/coordination/deliveries': ({ query: { webhook, cursor, limit } }) => {
    const deliveries = webhooks.page({
      limit: limit + 1,
      ...(webhook !== undefined && { webhook }),
      ...(cursor !== undefined && { before: cursor }),
    })
    const page = deliveries.slice(0, limit)
    const next = deliveries.length > limit ? String(page.at(-1)?.id) : null
    return answer(200, { deliveries: page, next_cursor: next })
  },
  'POST /api/coordination/deliveries/:id/redeliver': {
    plan({ params }) {
      const { text, webhook } = webhooks.delivery(params.id)
      return planSending(`Send “${text}” to “${webhook}” again?`, 'Send it again')
    },
    apply: (_plan, { params }) => answer(202, { delivery: webhooks.redeliver(params.id) }),
  },
})

const planSending = (title: string, confirm: string) => ({
  ...QUIET,
  title,
  confirm,
  consequence: 'The receiver gets one message. Nothing else is touched.',
})
