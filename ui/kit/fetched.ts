import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { onChanged } from '../live.ts'

export interface Fetched<T> {
  /** Undefined until the first answer. */
  value: Accessor<T | undefined>
  /** Why the last try failed; the value before it stays. */
  error: Accessor<unknown>
  isLoading: Accessor<boolean>
  refetch(): Promise<void>
}

export interface FetchedOptions {
  /** What the controller calls it when it says that it has changed. */
  topics?: readonly string[]
  /** What it is fetched for (a text or a number): another one is another value. */
  of?(): unknown
  /** By what field the entries of its lists are known; `id` unless told. */
  key?: string
}

/**
 * A value fetched now, and again whenever its topic or what it is `of` has changed. Calls that come
 * while one is under way are answered by one more.
 */
export function createFetched<T>(
  fetchValue: () => Promise<T>,
  options: FetchedOptions = {},
): Fetched<T> {
  const [store, setStore] = createStore<{ value: T | undefined }>({ value: undefined })
  const [error, setError] = createSignal<unknown>()
  const [isLoading, setIsLoading] = createSignal(false)
  let isOld = false
  const refetch = async (): Promise<void> => {
    isOld = true
    if (isLoading()) return
    setIsLoading(true)
    while (isOld) {
      isOld = false
      try {
        const value = await fetchValue()
        setStore('value', reconcile(value as never, { key: options.key ?? 'id' }))
        setError(undefined)
      } catch (thrown) {
        setError(thrown)
      }
    }
    setIsLoading(false)
  }
  onCleanup(
    onChanged((topic) => {
      if (topic === '*' || options.topics?.includes(topic)) void refetch()
    }),
  )
  // a memo, for an effect alone would run at every tick of a clock that `of` reads
  const of = createMemo(() => options.of?.())
  createEffect(on(of, () => void refetch()))
  return { value: () => store.value, error, isLoading, refetch }
}
