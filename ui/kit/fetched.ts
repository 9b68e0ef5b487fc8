import { type Accessor, createSignal, onCleanup } from 'solid-js'
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

/**
 * A value fetched now, and again whenever the controller says that its topic has changed. Calls that
 * come while one is under way are answered by one more.
 */
export function createFetched<T>(
  fetchValue: () => Promise<T>,
  options: { topics?: readonly string[]; key?: string } = {},
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
  void refetch()
  return { value: () => store.value, error, isLoading, refetch }
}
