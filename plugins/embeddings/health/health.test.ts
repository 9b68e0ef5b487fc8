import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type Dialect, serveDialect } from '../../../sandbox/search/embeddings/http.ts'
import { hashedModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { startService } from '../running.ts'
import { fakeService, type Origins } from '../testing/fake-service.ts'
import type { ServerView } from './views.ts'

const m3 = hashedModel('BAAI/bge-m3', 16)
const ranker = hashedModel('BAAI/bge-reranker-v2-m3', 16)
const signal = new AbortController().signal
const NOWHERE = 'http://127.0.0.1:9'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const serve = async (dialect: Dialect, faults = () => ({})): Promise<string> => {
  const server = await serveDialect({ port: 0, dialect, faults })
  open.push(server)
  return server.origin
}

/** A Qdrant with two collections, behind a key. */
async function qdrant(key = 'key-of-the-servers'): Promise<string> {
  const server = createServer((request, response) => {
    const { authorization = '' } = request.headers
    if (authorization !== `Bearer ${key}`)
      return void response.writeHead(401).end('Invalid API key')
    const collections = [{ name: 'notes' }, { name: 'mails' }]
    response.end(JSON.stringify({ result: { collections }, status: 'ok', time: 0 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

async function start(origins: Origins) {
  const fake = fakeService(origins)
  const running = startService(fake.service)
  const servers = async (): Promise<Record<string, ServerView>> => {
    const { value } = await running.handlers['GET /servers']({} as never)
    return Object.fromEntries(value.servers.map((view) => [view.role, view]))
  }
  return { ...fake, running, servers }
}

const all = async (): Promise<Origins> => ({
  main: await serve(tei(m3, { task: 'embed' })),
  rerank: await serve(tei(ranker, { task: 'rerank' })),
  qdrant: await qdrant(),
})

describe('the probe', () => {
  it('tells every server apart, and serves the models of all', async () => {
    const { running, servers } = await start(await all())
    expect((await servers()).qdrant).toMatchObject({ state: 'unknown', checked_at: null })
    expect(running.models?.()).toEqual([])
    expect(await running.probe(signal)).toEqual({
      state: 'up',
      figures: { models: 2, collections: 2 },
    })
    expect(await servers()).toMatchObject({
      embeddings: { state: 'up', server: 'tei', models: [m3.id], max_batch: 32 },
      rerank: { state: 'up', server: 'tei', models: [ranker.id] },
      qdrant: { state: 'up', server: 'qdrant', collections: 2 },
    })
    expect(running.models?.()).toEqual([m3.id, ranker.id])
    expect(running.aliases?.()).toEqual(['bge-m3', 'bge-reranker-v2-m3'])
  })

  it('tells pages of a server that changed, and of nothing else', async () => {
    const { running, changed, move } = await start(await all())
    await running.probe(signal)
    await running.probe(signal)
    expect(changed).toEqual(['embeddings-servers'])
    move('rerank', NOWHERE)
    await running.probe(signal)
    expect(changed).toHaveLength(2)
  })

  it('is up without its reranker, and says what is missing', async () => {
    const { running, servers } = await start({ ...(await all()), rerank: NOWHERE })
    const health = await running.probe(signal)
    expect(health).toMatchObject({ state: 'up', reason: expect.stringContaining(NOWHERE) })
    expect((await servers()).rerank).toMatchObject({ state: 'down' })
    expect((await servers()).embeddings).toMatchObject({ state: 'up' })
  })

  it.each(['main', 'qdrant'] as const)('fails as its %s does, for core to judge', async (name) => {
    const { running, servers } = await start({ ...(await all()), [name]: NOWHERE })
    await expect(running.probe(signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
    const other = name === 'main' ? 'qdrant' : 'embeddings'
    expect((await servers())[other]).toMatchObject({ state: 'up' })
  })

  it('is down where Qdrant wants another key, or something else stands there', async () => {
    const locked = await start({ ...(await all()), qdrant: await qdrant('another') })
    expect(await locked.running.probe(signal)).toMatchObject({
      ...{ state: 'down', reason: expect.stringContaining('another key') },
    })
    const strange = await start({
      ...(await all()),
      qdrant: await serve(tei(m3, { task: 'embed' })),
    })
    expect(await strange.running.probe(signal)).toMatchObject({ state: 'down' })
  })

  it('is down when the model behind the port cannot answer, and busy when it has no room', async () => {
    let isFull = false
    const main = await serve({
      busy: () => ({ status: 429, value: '' }),
      answer: (asked) =>
        asked.path === '/health'
          ? { status: isFull ? 429 : 503, value: '' }
          : tei(m3, { task: 'embed' }).answer(asked),
    })
    const { running } = await start({ main })
    expect(await running.probe(signal)).toMatchObject({
      ...{ state: 'down', reason: expect.stringContaining('/health answers 503') },
    })
    isFull = true
    expect(await running.probe(signal)).toMatchObject({ state: 'busy' })
  })

  it('keeps its models while the server is only full, and serves none once it is gone', async () => {
    let http: 'error' | undefined
    const origins = {
      main: await serve(tei(m3, { task: 'embed' }), () => (http ? { http } : {})),
    }
    const { running, move } = await start(origins)
    await running.probe(signal)
    http = 'error'
    expect(await running.probe(signal)).toMatchObject({ state: 'busy' })
    expect(running.models?.()).toEqual([m3.id])
    move('main', NOWHERE)
    await running.probe(signal).catch(() => undefined)
    expect(running.models?.()).toEqual([])
  })

  it('offers rerank where something reranks', async () => {
    const { running } = await start(await all())
    expect(running.offers?.('POST /v1/rerank')).toBe(true)
    expect(running.offers?.('POST /v1/embeddings')).toBe(true)
    const alone = await start({ main: await serve(tei(m3, { task: 'embed' })) })
    await alone.running.probe(signal)
    expect(alone.running.offers?.('POST /v1/rerank')).toBe(false)
  })
})
