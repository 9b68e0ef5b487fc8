import { createSignal } from 'solid-js'
import { call } from '../client.ts'
import { createFetched, type Fetched } from '../kit/fetched.ts'

type Page<K extends string, T> = { [key in K]: T[] } & { next_cursor: string | null }

/** The newest pages of a list that is longer than a page. */
export interface Paged<T> extends Pick<Fetched<unknown>, 'error'> {
  /** Undefined until the first answer. */
  entries(): T[] | undefined
  hasMore(): boolean
  /** Fetches one page more. */
  more(): void
}

/**
 * A list of `GET path`, whose query is there already, under `key` of its answers. All pages shown are
 * fetched together, so that none of their entries is missing or there twice when new ones came.
 */
export function createPaged<K extends string, T>(
  path: () => string,
  key: K,
  topics: readonly string[],
): Paged<T> {
  const [count, setCount] = createSignal(1)
  const fetched = createFetched(
    async () => {
      const entries: T[] = []
      let cursor: string | null = ''
      for (let page = 0; page < count() && cursor !== null; page += 1) {
        const after = cursor && `&cursor=${encodeURIComponent(cursor)}`
        const answer: Page<K, T> = await call<Page<K, T>>(`GET ${path()}${after}`)
        entries.push(...answer[key])
        cursor = answer.next_cursor
      }
      return { entries, hasMore: cursor !== null }
    },
    { topics, of: () => `${path()} ${count()}` },
  )
  return {
    error: fetched.error,
    entries: () => fetched.value()?.entries,
    hasMore: () => fetched.value()?.hasMore ?? false,
    more: () => setCount((before) => before + 1),
  }
}
