import { ControlError } from '../errors.ts'
import type { Upstream } from '../upstream/upstream.ts'
import type { Sample } from './sample.ts'

const TOKENS = 64

/**
 * Short chats with the first model a server lists, for kinds that speak OpenAI's API. Throws
 * KNEE_NOT_MEASURED where it lists none.
 */
export async function chatSample(server: Upstream, signal: AbortSignal): Promise<Sample> {
  const list = (await server.request('/v1/models', { signal })).json<{
    data?: { id?: unknown }[]
  }>()
  const model = list?.data?.[0]?.id
  if (typeof model !== 'string')
    throw new ControlError('KNEE_NOT_MEASURED', 'the server has no model to ask', {
      hint: 'load one first',
    })
  return {
    title: `chats of ${TOKENS} tokens with ${model}`,
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: (n) =>
      JSON.stringify({
        model,
        max_tokens: TOKENS,
        // vLLM's: goes on to the last token, so that every answer is as long as the others.
        ignore_eos: true,
        messages: [{ role: 'user', content: `${n}. Tell a story about the number ${n}.` }],
      }),
  }
}
