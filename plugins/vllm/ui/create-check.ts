import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { asCallError, type CallError, call } from '#ui'
import type { RecipeCheckView } from '../views.ts'

/** Long enough for a word to be typed, short enough to feel at once. */
const PAUSE_MS = 350

export interface Check {
  /** What the controller last said; undefined before, and after it could not be asked. */
  view: Accessor<RecipeCheckView | undefined>
  error: Accessor<CallError | undefined>
  /** What is shown is of settings before the last change. */
  isOld: Accessor<boolean>
}

/** Has the controller judge settings while they are edited, by the rules that saving goes by. */
export function createCheck(asked: {
  key: Accessor<string | undefined>
  service: Accessor<string | undefined>
  recipe: Accessor<unknown>
}): Check {
  const [view, setView] = createSignal<RecipeCheckView>()
  const [error, setError] = createSignal<CallError>()
  const [isOld, setIsOld] = createSignal(false)
  const judge = async (key: string, recipe: unknown, signal: AbortSignal) => {
    const service = asked.service()
    const query = service === undefined ? '' : `?service=${encodeURIComponent(service)}`
    const route = `POST /api/models/${encodeURIComponent(key)}/recipe/check${query}`
    try {
      const next = await call<RecipeCheckView>(route, { body: recipe, signal })
      if (signal.aborted) return
      setView(next)
      setError(undefined)
    } catch (thrown) {
      if (signal.aborted) return
      setView(undefined)
      setError(asCallError(thrown))
    }
    setIsOld(false)
  }
  createEffect(
    on([asked.key, asked.recipe], ([key, recipe], before) => {
      if (key === undefined || recipe === undefined) return
      setIsOld(true)
      const leaving = new AbortController()
      // the first is not waited for: nobody is typing yet
      const timer = setTimeout(
        () => void judge(key, recipe, leaving.signal),
        before?.[1] === undefined ? 0 : PAUSE_MS,
      )
      onCleanup(() => {
        clearTimeout(timer)
        leaving.abort()
      })
    }),
  )
  return { view, error, isOld }
}
