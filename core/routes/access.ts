import { type Static, Type } from '@sinclair/typebox'
import { type Access, COOKIE } from '../access/access.ts'
import { SESSION_MS } from '../access/sessions.ts'
import { type Api, answer, type Handlers } from '../api.ts'
import { Nullable } from '../wire-types.ts'

const Scope = Type.Union([Type.Literal('read'), Type.Literal('use'), Type.Literal('operate')])

const AccessView = Type.Object({
  /** Whether a token is asked for at all. */
  is_required: Type.Boolean(),
  /** Name of the caller's token; null for one who sent none. */
  name: Nullable(Type.String()),
  /** The most the caller may; null for nothing. */
  scope: Nullable(Scope),
})
export type AccessView = Static<typeof AccessView>

export const accessApi = {
  'GET /api/access': {
    summary: 'Whether a token is asked for, and what the caller may',
    effect: 'read',
    is_public: true,
    reply: { 200: AccessView },
  },
  'POST /api/access/session': {
    summary: 'Signs a browser in with a token: a cookie, for 30 days',
    effect: 'use',
    is_public: true,
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
    reply: { 200: AccessView },
  },
  'DELETE /api/access/session': {
    summary: 'Signs the browser out',
    effect: 'use',
    is_public: true,
    reply: { 204: Type.Undefined() },
  },
} as const satisfies Api

/** `access` is asked anew at each call: a reload brings another. */
export const accessHandlers = (access: () => Access): Handlers<typeof accessApi> => ({
  'GET /api/access': ({ caller }) =>
    answer(200, {
      is_required: access().isRequired,
      name: caller.token ?? null,
      scope: access().isRequired ? (caller.scope ?? null) : 'operate',
    }),
  'POST /api/access/session': ({ body }) => {
    const { session, spec } = access().signIn(body.token)
    const view = { is_required: true, name: spec.name, scope: spec.scope }
    return answer(200, view, { 'set-cookie': cookie(session, SESSION_MS / 1000) })
  },
  'DELETE /api/access/session': ({ caller }) => {
    if (caller.session !== undefined) access().signOut(caller.session)
    return answer(204, undefined, { 'set-cookie': cookie('', 0) })
  },
})

/** No script can read it, and no other site can send it. Plain http, as most are at home, has to do. */
const cookie = (value: string, seconds: number): string =>
  `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
