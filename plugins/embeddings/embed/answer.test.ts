import { Readable } from 'node:stream'
import { buffer, json } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { DoorCall } from '#core'
import { flag } from '../../../sandbox/search/embeddings/flag.ts'
import { type Dialect, serveDialect } from '../../../sandbox/search/embeddings/http.ts'
import { infinity } from '../../../sandbox/search/embeddings/infinity.ts'
import { hashedModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { vllm } from '../../../sandbox/search/embeddings/vllm.ts'
import type { Settings } from '../settings.ts'
import { fakeService } from '../testing/fake-service.ts'
import { answerEmbeddings } from './answer.ts'
import { readVector } from './vectors.ts'

const m3 = hashedModel('BAAI/bge-m3', 32)

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function start(dialect: Dialect, given: Partial<Settings> = {}) {
  const serve = async (next: Dialect): Promise<string> => {
    const server = await serveDialect({ port: 0, dialect: next })
    open.push(server)
    return server.origin
  }
  const fake = fakeService({ main: await serve(dialect) }, given)
  const post = async (body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const { signal } = new AbortController()
    const call = { body: Readable.from([Buffer.from(text)]), signal } as unknown as DoorCall
    return answerEmbeddings(fake.service, call)
  }
  const ask = async (body: unknown) =>
    (await json((await post(body)).body as Readable)) as {
      object: string
      model: string
      data: { index: number; embedding: unknown }[]
      usage: { prompt_tokens: number }
    }
  return { ...fake, serve, post, ask }
}

const SERVERS: Record<string, Dialect> = {
  tei: tei(m3, { task: 'embed', maxClientBatch: 8 }),
  infinity: infinity({ models: [{ model: m3, can: 'embed' }] }),
  vllm: vllm(m3, { task: 'embed' }),
  flag: flag(m3),
}
const texts = Array.from({ length: 50 }, (_, n) => `the ${n}th text`)

describe('POST /v1/embeddings', () => {
  it.each(Object.entries(SERVERS))('answers in the shape of OpenAI over %s', async (_, dialect) => {
    const { ask } = await start(dialect)
    const vectors = await m3.embed(texts)
    for (const encoding_format of ['float', 'base64', undefined]) {
      const answer = await ask({ input: texts, model: 'bge-m3', encoding_format })
      expect(answer.object).toBe('list')
      expect(answer.data.map(({ index }) => index)).toEqual(texts.map((_, index) => index))
      expect(answer.data.map(({ embedding }) => typeof embedding)).toEqual(
        texts.map(() => (encoding_format === 'base64' ? 'string' : 'object')),
      )
      expect(answer.data.map(({ embedding }) => readVector(embedding))).toEqual(vectors)
      expect(answer.usage.prompt_tokens).toBeTypeOf('number')
    }
    const one = await ask({ input: 'one text' })
    expect(one.data.map(({ embedding }) => readVector(embedding))).toEqual(
      await m3.embed(['one text']),
    )
  })

  it('hands a request its server takes on byte by byte, and the answer back', async () => {
    const { post, sent } = await start(tei(m3, { task: 'embed' }))
    const body = '{ "user":"Alice", "input" : ["a","b"],\n "model":"BAAI/bge-m3" }'
    const answer = await buffer((await post(body)).body as Readable)
    const calls = sent.filter((each) => each.path === '/v1/embeddings')
    expect(calls).toEqual([{ path: '/v1/embeddings', body }])
    expect(JSON.parse(answer.toString()).data).toHaveLength(2)
  })

  it('asks a server for the model it has, whatever name the caller knows it by', async () => {
    const { ask, sent } = await start(SERVERS.infinity as Dialect, {
      serve_as: ['text-embedding-3'],
    })
    expect((await ask({ input: 'a', model: 'text-embedding-3' })).model).toBe(m3.id)
    expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual({ input: 'a', model: m3.id })
  })

  it('counts the tokens of all batches', async () => {
    const { ask } = await start(SERVERS.tei as Dialect)
    const tokens = texts.reduce((sum, text) => sum + m3.countTokens(text), 0)
    expect((await ask({ input: texts })).usage.prompt_tokens).toBe(tokens)
  })

  it('takes the numbers of tokens where the server does', async () => {
    const { ask } = await start(vllm(m3, { task: 'embed' }))
    expect((await ask({ input: [1, 2, 3] })).data).toHaveLength(1)
    expect((await ask({ input: [[1, 2], [3]] })).data).toHaveLength(2)
    const other = await start(SERVERS.infinity as Dialect)
    await expect(other.post({ input: [[1, 2], [3]] })).rejects.toMatchObject({
      ...{ code: 'VALIDATION', message: expect.stringContaining('takes no tokens') },
    })
  })

  it.each<[string, unknown, string]>([
    ['no input', {}, 'input'],
    ['an empty text', { input: '' }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['an empty text in a list', { input: ['a', ''] }, 'input.1'],
    ['a text too many', { input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    ['no texts', { input: [{}] }, 'input.0'],
    ['half a token', { input: [1, 1.5] }, 'input.0'],
    ['another format', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    ['no dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
    ['a model that is none', { input: 'a', model: 5 }, 'model'],
  ])('refuses %s with what is wrong, and asks nobody', async (_, body, path) => {
    const { post, sent } = await start(SERVERS.tei as Dialect)
    await expect(post(body)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] })
    expect(sent).toEqual([])
  })

  it.each(['{"input": "a"', '[]', '"a"', 'null'])('refuses the body %s', async (body) => {
    const { post } = await start(SERVERS.tei as Dialect)
    await expect(post(body)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('says what its server says of lengths it does not have', async () => {
    const { post } = await start(vllm(m3, { task: 'embed' }))
    const refusal = { code: 'VALIDATION', message: expect.stringContaining('matryoshka') }
    await expect(post({ input: 'a', dimensions: 16 })).rejects.toMatchObject(refusal)
    const other = await start(flag(m3))
    await expect(other.post({ input: 'a', dimensions: 16 })).rejects.toMatchObject({
      ...{ code: 'VALIDATION', details: [{ path: 'dimensions' }] },
    })
  })

  it('answers by the server that took the place of another', async () => {
    const { ask, move, serve } = await start(vllm(m3, { task: 'embed' }))
    await ask({ input: 'a' })
    move('main', await serve(flag(m3)))
    const [first] = (await ask({ input: 'a' })).data
    expect(readVector(first?.embedding)).toEqual((await m3.embed(['a']))[0])
  })
})
