import type { Api } from '#core'

/** It is watched, never changed, so a service has no routes of its own. */
export const api = {} as const satisfies Api

/** A chat body with images may be large; the gateway reads it once and hands on the same bytes. */
const BODY_BYTES = 32 * 1024 * 1024

const Forward = (summary: string) =>
  ({ summary, effect: 'use', forward: 'main', max_bytes: BODY_BYTES }) as const

/** Paths of the kind as a whole; which of them a service answers stands in its `paths`. */
export const door = {
  'POST /v1/chat/completions': Forward('Chat with a model of an OpenAI-compatible server'),
  'POST /v1/completions': Forward('Complete a text with such a model'),
  'POST /v1/responses': Forward('OpenAI responses by such a model'),
  'POST /v1/embeddings': Forward('Vectors of texts by such a model'),
  'POST /v1/messages': Forward('Anthropic messages by such a model'),
} as const satisfies Api
