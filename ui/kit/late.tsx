import { type Component, createSignal, type JSX, onMount, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'

/**
 * A component that is loaded when the first of it is shown, with a fallback of its own until then. It
 * does without Suspense: a tile lies in one already, and what is suspended twice may never be shown.
 */
export function late<P extends Record<string, unknown>>(
  load: () => Promise<{ default: Component<P> }>,
  fallback: () => JSX.Element,
): Component<P> {
  const [component, setComponent] = createSignal<Component<P>>()
  let isAsked = false
  const ask = async () => {
    if (isAsked) return
    isAsked = true
    try {
      const module = await load()
      setComponent(() => module.default)
    } catch {
      isAsked = false // the next one that is shown asks again
    }
  }
  return (props) => {
    onMount(() => void ask())
    return (
      <Show when={component()} fallback={fallback()}>
        {(loaded) => <Dynamic component={loaded()} {...props} />}
      </Show>
    )
  }
}
