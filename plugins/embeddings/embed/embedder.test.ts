import { afterEach, describe, expect, it } from 'vitest'
import type { ControlError } from '#core'
import { flag } from '../../../sandbox/search/embeddings/flag.ts'
import { type Dialect, serveDialect } from '../../../sandbox/search/embeddings/http.ts'
import { infinity } from '../../../sandbox/search/embeddings/infinity.ts'
import { hashedModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { vllm } from '../../../sandbox/search/embeddings/vllm.ts'
import { serverOf } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { fakeService } from '../testing/fake-service.ts'
import { embedder } from './embedder.ts'

const m3 = hashedModel('BAAI/bge-m3', 64)
const splade = hashedModel('naver/splade-v3', 64)
const signal = new AbortController().signal
const texts = Array.from({ length: 70 }, (_, n) => `text ${n} of the reader, in the ${n % 7} room`)

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const serve = async (dialect: Dialect, options = {}): Promise<string> => {
  const server = await serveDialect({ port: 0, dialect, ...options })
  open.push(server)
  return server.origin
}

async function start(dialect: Dialect, given: Partial<Settings> = {}, sparse?: Dialect) {
  const origins = { main: await serve(dialect), ...(sparse && { sparse: await serve(sparse) }) }
  return fakeService(origins, given)
}

const byIndex = ({ indices, values }: { indices: number[]; values: number[] }) =>
  new Map(indices.map((index, at) => [index, values[at]]))

const DENSE_ONLY: Record<string, Dialect> = {
  tei: tei(m3, { task: 'embed' }),
  infinity: infinity({ models: [{ model: m3, can: 'embed' }] }),
  'infinity below /v1': infinity({ models: [{ model: m3, can: 'embed' }], prefix: '/v1' }),
  'vLLM without its plugin': vllm(m3, { task: 'embed' }),
}

const BOTH: Record<string, Dialect> = {
  'FlagEmbedding, lexical_weights': flag(m3),
  'FlagEmbedding, sparse_vectors': flag(m3, { spelling: 'sparse_vectors' }),
  'FlagEmbedding, one object a text': flag(m3, { spelling: 'pairs' }),
  "vLLM with bge-m3's plugin": vllm(m3, { task: 'plugin' }),
}

describe('an embedder', () => {
  it('is learned by whoever waits, also when the one who asked first leaves', async () => {
    const { service } = await start(DENSE_ONLY.tei as Dialect)
    await serverOf(service, 'main', signal)
    const first = new AbortController()
    const leaving = embedder(service, first.signal)
    const staying = embedder(service, signal)
    setImmediate(() => first.abort())
    await expect(leaving).rejects.toThrow()
    expect((await staying).dimensions).toBe(64)
  })

  it.each(Object.entries(DENSE_ONLY))('gives dense vectors by %s, in order', async (_, dialect) => {
    const { service } = await start(dialect)
    const found = await embedder(service, signal)
    expect(found.dimensions).toBe(64)
    expect(found.sparse).toBeUndefined()
    expect(await found.dense(texts, signal)).toEqual(await m3.embed(texts))
    expect((await found.both(['a'], signal)).sparse).toBeNull()
  })

  it.each(Object.entries(BOTH))('gives both sides by %s, by one call', async (_, dialect) => {
    const { service, sent } = await start(dialect)
    const found = await embedder(service, signal)
    sent.length = 0
    const { dense, sparse } = await found.both(texts.slice(0, 20), signal)
    expect(sent).toHaveLength(1)
    expect(dense).toEqual(await m3.embed(texts.slice(0, 20)))
    expect(sparse?.map(byIndex)).toEqual(texts.slice(0, 20).map((text) => m3.weigh(text)))
    const [first] = (await found.sparse?.([texts[0] ?? ''], signal)) ?? []
    expect(first && byIndex(first)).toEqual(m3.weigh(texts[0] ?? ''))
  })

  it.each([
    ['TEI with SPLADE', tei(splade, { task: 'splade' })],
    ['vLLM that gives the weights of tokens', vllm(splade, { task: 'token_classify' })],
  ])('takes sparse vectors from another server: %s', async (_, sparse) => {
    const { service } = await start(tei(m3, { task: 'embed' }), {}, sparse)
    const found = await embedder(service, signal)
    const both = await found.both(texts, signal)
    expect(both.dense).toEqual(await m3.embed(texts))
    expect(both.sparse?.map(byIndex)).toEqual(texts.map((text) => splade.weigh(text)))
  })

  it('says so when the server for sparse vectors gives none', async () => {
    const { service } = await start(tei(m3, { task: 'embed' }), {}, tei(m3, { task: 'embed' }))
    await expect(embedder(service, signal)).rejects.toMatchObject({ code: 'EMBEDDINGS_NOT_GIVEN' })
  })

  it('sends no more at once than the server takes, or than the topology allows', async () => {
    const lengths = (sent: { path: string; body: string }[]) =>
      sent.flatMap(({ body }) => (body ? [JSON.parse(body).input.length] : []))
    const { service, sent } = await start(tei(m3, { task: 'embed', maxClientBatch: 30 }))
    const found = await embedder(service, signal)
    sent.length = 0
    await found.dense(texts, signal)
    expect(lengths(sent)).toEqual([30, 30, 10])
    const small = await start(tei(m3, { task: 'embed' }), { max_batch: 24, parallel: 1 })
    const other = await embedder(small.service, signal)
    small.sent.length = 0
    await other.dense(texts, signal)
    expect(lengths(small.sent)).toEqual([24, 24, 22])
  })

  it('sends a batch in halves that is too large for a server that does not say so', async () => {
    const { service } = await start(flag(m3, { mostTexts: 9 }))
    const found = await embedder(service, signal)
    expect(await found.dense(texts, signal)).toEqual(await m3.embed(texts))
  })

  it('tries a busy server again, and says in the end that it is', async () => {
    let refusals = 2
    const dialect = tei(m3, { task: 'embed' })
    const faults = () => (refusals-- > 0 ? { busy: true as const } : {})
    const { service } = fakeService({ main: await serve(dialect, { faults }) })
    refusals = 0
    const found = await embedder(service, signal)
    refusals = 2
    expect(await found.dense(['a'], signal)).toEqual(await m3.embed(['a']))
    refusals = 1000
    await expect(found.dense(['a'], signal)).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  it('says what the server says of a text it cannot take', async () => {
    const { service } = await start(tei(m3, { task: 'embed', maxInputLength: 12 }))
    const found = await embedder(service, signal)
    const long = 'word '.repeat(20)
    const error: ControlError = await found.dense(['a', long], signal).catch((thrown) => thrown)
    expect(error.code).toBe('PAYLOAD_TOO_LARGE')
    expect(error.message).toContain('less than 12 tokens')
  })

  it('learns what a server gives once, and again from another in its place', async () => {
    const { service, sent, move } = await start(vllm(m3, { task: 'embed' }))
    expect((await embedder(service, signal)).sparse).toBeUndefined()
    sent.length = 0
    const before = await embedder(service, signal)
    expect(sent).toEqual([])
    move('main', await serve(flag(m3)))
    await expect(before.dense(['a'], signal)).rejects.toMatchObject({
      ...{ code: 'EMBEDDINGS_SERVER_CHANGED' },
    })
    const after = await embedder(service, signal)
    expect((await after.both(['a'], signal)).sparse?.map(byIndex)).toEqual([m3.weigh('a')])
  })
})
