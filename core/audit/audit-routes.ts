import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers } from '../api.ts'
import { Nullable } from '../wire-types.ts'
import { type Audit, AuditView } from './audit.ts'

const Moment = Type.Optional(Type.String({ format: 'date-time', maxLength: 40 }))
const Word = Type.Optional(Type.String({ maxLength: 200 }))

export const auditApi = {
  'GET /api/audit': {
    summary: 'Who did what, when, and what came of it; newest first',
    effect: 'read',
    query: Type.Object({
      from: Moment,
      to: Moment,
      address: Word,
      action: Word,
      outcome: Word,
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      cursor: Type.Optional(Type.String({ maxLength: 40 })),
    }),
    reply: {
      200: Type.Object({
        entries: Type.Array(AuditView),
        next_cursor: Nullable(Type.String()),
      }),
    },
  },
} as const satisfies Api

export const auditHandlers = (audit: Audit): Handlers<typeof auditApi> => ({
  'GET /api/audit': ({ query: { from, to, ...rest } }) =>
    answer(
      200,
      audit.list({
        ...rest,
        ...(from !== undefined && { fromMs: Date.parse(from) }),
        ...(to !== undefined && { toMs: Date.parse(to) }),
      }),
    ),
})
