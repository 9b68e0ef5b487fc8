import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileStrings } from '../../../core/testing/hostile-strings.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import type { GatedUpstream } from '../../../core/upstream/upstream.ts'
import { type SimulatedQdrant, startQdrant } from '../../../sandbox/search/qdrant.ts'
import { createQdrant } from './qdrant.ts'
import { path, type QdrantPath, toSegment } from './segment.ts'
import { Done, UpdateResult } from './shapes.ts'

const urls: string[] = []
let server: SimulatedQdrant
let upstream: GatedUpstream
const { signal } = new AbortController()

beforeAll(async () => {
  server = await startQdrant({ record: (line) => void urls.push(line) })
  upstream = createUpstream({ origin: `http://127.0.0.1:${server.port}`, requestTimeoutMs: null })
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

/** What collapses, what hides it from a look, what ends a path early. */
const PATHS = [
  ...['.', '..', '...', './', '../', '/..', '..;', '..\\', '.%2e', '%2e', '%2e%2e', '%2E%2E'],
  ...['%252e%252e', '%2e%2e%2f', '..%2f..', '%2f', '%5c', 'a/b', 'a%2fb', '/', '//', 'docs/..'],
  ...['docs/../x', '?', 'a?wait=true', '#', 'a#b', '\u2024\u2024', '\uff0e\uff0e', '..\0', '%00'],
  ...['a\r\nX: y', 'a b', 'a\tb', '\u0085', 'é', '', ' ', ' ..', '.. ', '-', '-docs', '.docs'],
  ...['a'.repeat(256), 'a'.repeat(300), `${'a'.repeat(255)}.`, '&', 'a;b', '~', '@', '..%00'],
]
const wraps = [
  (text: string) => text,
  encodeURIComponent,
  (text: string) => encodeURIComponent(encodeURIComponent(text)),
  (text: string) => `docs${text}`,
  (text: string) => `${text}docs`,
  (text: string) => `docs/${text}`,
]
const made = fc.sample(fc.string({ unit: fc.constantFrom(...'.%2ef/\\a?#\0 ') }), {
  numRuns: 3_000,
  seed: 1,
})
const known = [...PATHS, ...hostileStrings('/tmp/none', 'none', 700)].map((text) =>
  text.toWellFormed(),
)
const hostile = [
  ...new Set([...wraps.flatMap((wrap) => PATHS.map(wrap)), ...known, ...made]),
].slice(0, 2_000)

/** Every call with a name in its path, as this kind makes them. */
const callsWith = (name: string) => {
  const qdrant = createQdrant(upstream)
  const segment = () => toSegment('name', name)
  const call = (made: () => QdrantPath, method: 'GET' | 'DELETE' | 'PUT') => async () =>
    qdrant.call({ path: made(), method, result: UpdateResult, signal })
  return [
    call(() => path`/collections/${segment()}`, 'GET'),
    call(() => path`/collections/${segment()}`, 'DELETE'),
    call(() => path`/collections/${segment()}`, 'PUT'),
    call(() => path`/collections/docs/index/${segment()}`, 'DELETE'),
    call(() => path`/collections/${segment()}/index/${segment()}`, 'DELETE'),
  ]
}

describe('a path of Qdrant', () => {
  it('is reached by no hostile segment of 2,000 but the one it names', async () => {
    expect(hostile).toHaveLength(2_000)
    await createQdrant(upstream).call({
      ...{ path: path`/collections/precious`, method: 'PUT' as const, result: Done, signal },
      body: { vectors: { size: 2, distance: 'Dot' } },
    })
    urls.length = 0
    let refused = 0
    for (const name of hostile) {
      for (const [n, call] of callsWith(name).entries()) {
        const thrown = await call().then(
          () => undefined,
          (error: { code?: string }) => error,
        )
        if (thrown?.code === 'VALIDATION') refused++
        // what was let through is plain, and stands in the URL as it was given
        else expect(urls.pop()?.split('?')[0]?.split('/').at(-1)).toBe(name)
        expect(n === 1 || urls.length === 0).toBe(true)
        urls.length = 0
      }
    }
    expect(refused).toBeGreaterThan(1_800 * 5)
    expect(server.collections.has('precious')).toBe(true)
  })

  it('takes the names people give', async () => {
    for (const name of ['docs', 'Docs_2', 'a.b-c', '_x', '2026', 'author.name', 'a'.repeat(255)])
      expect(toSegment('name', name)).toBe(name)
  })

  it('is made of checked segments alone, by type and at run time', () => {
    // @ts-expect-error an unchecked string is no segment
    expect(() => path`/collections/${'..'}`).toThrow(
      expect.objectContaining({ code: 'VALIDATION' }),
    )
    // @ts-expect-error nor is a string a path
    const request: QdrantPath = '/collections/..'
    expect(request).toBe('/collections/..')
  })

  it('says what a name may be', () => {
    expect(() => toSegment('collection', '..')).toThrow(
      expect.objectContaining({
        code: 'VALIDATION',
        message: expect.stringContaining('the collection is ".."; use 1 to 255 letters'),
        details: [expect.objectContaining({ path: 'collection' })],
      }),
    )
  })
})
