import { type Api, type Static, Type } from '#core'
import { ENTITY_TYPES } from './entity-types.ts'
import { Mode } from './settings.ts'
import { HANDLE_PATTERN } from './vault/session.ts'

const Format = Type.Union([
  Type.Literal('text'),
  Type.Literal('json'),
  Type.Literal('html'),
  Type.Literal('url'),
])
const TypeName = Type.Union(ENTITY_TYPES.map((type) => Type.Literal(type)))
const Handle = Type.String({ pattern: HANDLE_PATTERN, description: 'a handle of POST /scrub' })
const Terms = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 }),
)
/** One of three; which of them was given is what is answered. */
const Content = {
  text: Type.Optional(Type.String()),
  json: Type.Optional(Type.Unknown()),
}

export const ScrubRequest = Type.Object({
  ...Content,
  messages: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 10_000 })),
  handle: Type.Optional(Handle),
  mode: Type.Optional(Mode),
  regions: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 40 })),
  deny: Terms,
  allow: Terms,
})
export type ScrubRequest = Static<typeof ScrubRequest>

/** Where something was masked: offsets in UTF-16 units, of the string at `pointer` for structures. */
export const SpanView = Type.Object({
  type: TypeName,
  start: Type.Integer(),
  end: Type.Integer(),
  placeholder: Type.String(),
  /** What found it. */
  layer: Type.String(),
  /** In the structure as it is answered (RFC 6901), so that it quotes no key that was masked. */
  pointer: Type.Optional(Type.String()),
  /** It was the key of what is at `pointer`. */
  is_key: Type.Optional(Type.Literal(true)),
})
export type SpanView = Static<typeof SpanView>

export const ScrubReply = Type.Object({
  ...Content,
  messages: Type.Optional(Type.Array(Type.Unknown())),
  handle: Type.String(),
  /** Places that were masked, by type. */
  counts: Type.Record(Type.String(), Type.Integer()),
  spans: Type.Array(SpanView),
  /** The local model is set up and did not answer, so that it has found nothing in this. */
  is_without_model: Type.Optional(Type.Literal(true)),
})
export type ScrubReply = Static<typeof ScrubReply>

export const RehydrateRequest = Type.Object({
  ...Content,
  handle: Handle,
  format: Type.Optional(Format),
  /** Types that are restored; absent: all but SECRET. */
  restore: Type.Optional(Type.Array(TypeName, { maxItems: ENTITY_TYPES.length })),
  /** Restores inside URLs too, percent-encoded. */
  in_urls: Type.Optional(Type.Boolean()),
})
export type RehydrateRequest = Static<typeof RehydrateRequest>

const RehydrateReply = Type.Object({
  ...Content,
  exact: Type.Integer(),
  tolerant: Type.Integer(),
  unresolved: Type.Integer(),
})

/** JSON may take six characters for one; what counts is `max_bytes` of the service. */
const BODY_BYTES = 24 * 1024 * 1024

/** What a service of this kind answers stands at the root; it has no routes of its own. */
export const api = {} as const satisfies Api

export const door = {
  'POST /v1/chat/completions': {
    summary: 'Chat with a model elsewhere: scrubbed on the way out, restored on the way back',
    effect: 'use',
    forward: 'frontier',
    max_bytes: BODY_BYTES,
  },
  'POST /scrub': {
    summary: 'Masks what must not leave the LAN in a text, in messages or in any JSON',
    effect: 'use',
    is_private: true,
    max_bytes: BODY_BYTES,
    body: ScrubRequest,
    reply: { 200: ScrubReply },
  },
  'POST /rehydrate': {
    summary: 'Puts back what was masked, into a text or any JSON',
    effect: 'use',
    is_private: true,
    max_bytes: BODY_BYTES,
    body: RehydrateRequest,
    reply: { 200: RehydrateReply },
  },
  'POST /rehydrate/stream': {
    summary: 'The same for a stream of events or text, as it comes; handle in X-Redaction-Handle',
    effect: 'use',
    raw: true,
    max_bytes: 256 * 1024 * 1024,
    query: Type.Object({
      format: Type.Optional(Format),
      restore: Type.Optional(Type.String({ pattern: '^[A-Z]{2,10}(,[A-Z]{2,10}){0,40}$' })),
      in_urls: Type.Optional(Type.Boolean()),
    }),
  },
  'DELETE /scrub/:handle': {
    summary: 'Forgets a session and every value in it',
    effect: 'use',
    params: Type.Object({ handle: Handle }),
    reply: { 200: Type.Object({ deleted: Type.Literal(true) }) },
  },
} as const satisfies Api
