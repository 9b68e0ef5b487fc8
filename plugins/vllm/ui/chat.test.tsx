import { afterEach, describe, expect, it } from 'vitest'
import { answered, type ChatPiece, explain, streamChat } from './chat.ts'

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

const chunk = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const delta = (value: object) => chunk({ choices: [{ delta: value }] })

async function read(body: string, status = 200): Promise<ChatPiece[]> {
  globalThis.fetch = async () => new Response(body, { status })
  return Array.fromAsync(streamChat('m', [], new AbortController().signal))
}

it('a question that got no answer is not sent along with the next', () => {
  const talk = [
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'first' },
    { role: 'user', content: 'two' },
    { role: 'assistant', content: '' },
  ] as const
  expect(answered(talk)).toEqual(talk.slice(0, 2))
})

describe('a streamed answer', () => {
  it('comes in pieces of text and thoughts, then the count of tokens', async () => {
    const pieces = await read(
      [
        delta({ reasoning_content: 'hm' }),
        delta({ reasoning: ' yes' }),
        delta({ content: 'Hello' }),
        chunk({ choices: [{ delta: {}, finish_reason: 'length' }] }),
        chunk({ choices: [], usage: { completion_tokens: 7 } }),
        'data: [DONE]\n\n',
      ].join(''),
    )
    expect(pieces.map(({ thoughts }) => thoughts).join('')).toBe('hm yes')
    expect(pieces.map(({ text }) => text).join('')).toBe('Hello')
    expect(pieces[3]?.finish).toBe('length')
    expect(pieces.at(-1)?.tokens).toBe(7)
  })

  it('is an error when it ends without [DONE]', async () => {
    await expect(read(delta({ content: 'Hel' }))).rejects.toMatchObject({
      message: 'The answer broke off before its end.',
    })
  })

  it('is an error when the stream says so in its middle', async () => {
    const error = { error: { message: 'engine gone', code: 'upstream_failed' } }
    await expect(read(`event: error\ndata: ${JSON.stringify(error)}\n\n`)).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'engine gone',
    })
  })

  it('says in plain words that the model is still being loaded', async () => {
    const body = JSON.stringify({ error: { message: '40 %, 2 min left', code: 'model_loading' } })
    const error = await read(body, 503).catch((thrown) => thrown)
    expect(explain(error)).toEqual({
      title: 'The model is still being loaded.',
      text: '40 %, 2 min left',
    })
  })
})
