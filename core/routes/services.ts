import { type TSchema, Type } from '@sinclair/typebox'
import {
  type Api,
  answer,
  type Call,
  type Handlers,
  type JsonRoute,
  type OperateHandler,
} from '../api.ts'
import { ControlError } from '../errors.ts'
import { checkInput, closed } from '../http/validate.ts'
import type { LiveService } from '../services.ts'
import { ServiceView } from '../views.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

export const servicesApi = {
  'GET /api/services': {
    summary: 'Every enabled service with its state',
    effect: 'read',
    reply: { 200: Type.Object({ services: Type.Array(ServiceView) }) },
  },
  'GET /api/services/:id': {
    summary: 'One service',
    effect: 'read',
    params: Id,
    reply: { 200: ServiceView },
  },
  'POST /api/services/:id/actions/:action': {
    summary: "One of the service's actions, by its name",
    effect: 'operate',
    params: Type.Object({ id: Type.String(), action: Type.String() }),
    body: Type.Object({ plan: Type.Optional(Type.String()) }, { additionalProperties: true }),
    reply: { 200: Type.Unknown(), 202: Type.Unknown() },
  },
} as const satisfies Api

/** What the routes need: the services that are live, and their views. */
export interface ServicesSource {
  find(id: string): LiveService
  views(): ServiceView[]
}

export const servicesHandlers = (source: ServicesSource): Handlers<typeof servicesApi> => ({
  'GET /api/services': () => answer(200, { services: source.views() }),
  'GET /api/services/:id': ({ params }) => {
    const { spec } = source.find(params.id)
    const view = source.views().find((service) => service.id === spec.id)
    if (!view) throw new ControlError('SERVICE_UNKNOWN', `no service "${params.id}"`)
    return answer(200, view)
  },
  'POST /api/services/:id/actions/:action': {
    plan: (call) => {
      const { route, handler } = actionOf(source, call)
      return handler.plan(callOf(route, call))
    },
    apply: (plan, call) => {
      const { route, handler } = actionOf(source, call)
      return handler.apply(plan, callOf(route, call)) as never
    },
  },
})

/** Name, label and route of the actions of a service. */
export const listActions = ({
  loaded,
}: LiveService): { name: string; label: string; route: string }[] =>
  Object.entries(loaded.plugin.api).flatMap(([route, { action }]) =>
    action ? [{ ...action, route }] : [],
  )

function actionOf(
  source: ServicesSource,
  call: ActionCall,
): { route: JsonRoute; handler: OperateHandler<JsonRoute> } {
  const live = source.find(call.params.id)
  const actions = listActions(live)
  const action = actions.find(({ name }) => name === call.params.action)
  if (!action)
    throw new ControlError(
      'ACTION_UNKNOWN',
      `${live.spec.id} has no action "${call.params.action}"`,
      {
        hint: actions.length
          ? `actions: ${actions.map(({ name }) => name).join(', ')}`
          : 'it has none',
      },
    )
  if (!live.running) throw live.failure ?? new ControlError('SERVICE_FAILED', live.spec.id)
  return {
    route: live.loaded.plugin.api[action.route] as JsonRoute,
    handler: live.running.handlers[action.route] as unknown as OperateHandler<JsonRoute>,
  }
}

type ActionCall = Call<(typeof servicesApi)['POST /api/services/:id/actions/:action']>

/** The call as the action's own route would give it: its alias is no way around its schemas. */
function callOf(route: JsonRoute, call: ActionCall): Call<JsonRoute> {
  const { body, query } = inputOf(route)
  const { plan, ...given } = call.body
  const takesPlan = 'plan' in (body.properties ?? {})
  return {
    ...call,
    body: checkInput(body, takesPlan && plan !== undefined ? { ...given, plan } : given, 'body'),
    query: checkInput(query, {}, 'query'),
  } as Call<JsonRoute>
}

const inputs = new WeakMap<JsonRoute, { body: TSchema; query: TSchema }>()

function inputOf(route: JsonRoute): { body: TSchema; query: TSchema } {
  const known = inputs.get(route)
  if (known) return known
  const nothing = Type.Object({})
  const input = { body: closed(route.body ?? nothing), query: closed(route.query ?? nothing) }
  inputs.set(route, input)
  return input
}
