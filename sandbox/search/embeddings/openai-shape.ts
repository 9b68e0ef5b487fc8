import type { Answered } from './http.ts'
import type { TextModel } from './model.ts'

/** Inputs of a request as texts; token numbers become words of their own. Undefined: it has none. */
export function textsOf(input: unknown): string[] | undefined {
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input)) return undefined
  if (input.length > 0 && input.every((token) => typeof token === 'number'))
    return [input.map((token) => `t${token}`).join(' ')]
  const texts = input.map((each) =>
    typeof each === 'string' ? each : Array.isArray(each) ? each.map((t) => `t${t}`).join(' ') : '',
  )
  return texts.every((text) => text !== '') ? texts : undefined
}

/** Embeddings in OpenAI's shape, with what a server adds to it. */
export async function embeddingsAnswer(
  model: TextModel,
  texts: readonly string[],
  body: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<Answered> {
  const vectors = await model.embed(texts)
  const isPacked = body.encoding_format === 'base64'
  const tokens = texts.reduce((sum, text) => sum + model.countTokens(text), 0)
  return {
    status: 200,
    value: {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: isPacked
          ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
          : Array.from(vector),
      })),
      model: model.id,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      ...more,
    },
  }
}

/** Documents with their scores, best first. */
export const judged = (model: TextModel, query: string, texts: readonly string[]) =>
  texts
    .map((text, index) => ({ index, score: model.judge(query, text), text }))
    .sort((a, b) => b.score - a.score)

export const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
