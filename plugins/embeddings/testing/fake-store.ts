import type { Clock, JobView, KeyValue, Service, StartRequest, Upstream } from '#core'
import type { VectorStore } from '../collections/vector-store.ts'
import type { Embedded } from '../documents/document.ts'
import { createQdrant } from '../qdrant/qdrant.ts'
import type { Settings } from '../settings.ts'

/** Small durable values that are a map; JSON in and out, as the real ones. */
export function createFakeKeyValue(values = new Map<string, string>()): KeyValue {
  return {
    get: <T>(key: string) => {
      const text = values.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as T)
    },
    set: (key, value) => void values.set(key, JSON.stringify(value)),
    delete: (key) => void values.delete(key),
    keys: (prefix = '') => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
}

export const DIMENSIONS = 32

/** Vectors of the words of a text: the same words, the same vectors. */
export function embedWords(texts: readonly string[]): Embedded[] {
  return texts.map((text) => {
    const dense = new Float32Array(DIMENSIONS)
    const weights = new Map<number, number>()
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['-']) {
      const number = numberOf(word)
      dense[number % DIMENSIONS] = (dense[number % DIMENSIONS] ?? 0) + (number & 64 ? 1 : -1)
      weights.set(number, (weights.get(number) ?? 0) + 1)
    }
    return { dense, sparse: { indices: [...weights.keys()], values: [...weights.values()] } }
  })
}

/** FNV-1a, 31 bits. */
const numberOf = (word: string): number => {
  let hash = 0x811c9dc5
  for (const char of word) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 1
}

export interface FakeStore extends VectorStore {
  /** Jobs that were asked for. */
  readonly started: StartRequest[]
  /** Jobs that are said to run. */
  active: Pick<JobView, 'id' | 'title' | 'input'>[]
}

/** A store over the Qdrant behind `upstream`, with vectors of words. */
export function createFakeStore(
  upstream: Upstream,
  clock: Clock,
  parts: Partial<Pick<VectorStore, 'embed' | 'traits'>> & { values?: KeyValue } = {},
): FakeStore {
  const started: StartRequest[] = []
  const { values = createFakeKeyValue(), ...own } = parts
  const fake: FakeStore = {
    ...{ started, active: [], qdrant: createQdrant(upstream) },
    embed: async (texts) => embedWords(texts),
    traits: async () => ({ dimensions: DIMENSIONS, hasSparse: true }),
    ...own,
    service: {
      ...{ id: 'embeddings', clock, store: values, changed() {} },
      jobs: {
        active: () => fake.active,
        start(request: StartRequest) {
          started.push(request)
          return { job: { id: `job-${started.length}` }, isJoined: false }
        },
      },
    } as unknown as Service<Settings>,
  }
  return fake
}
