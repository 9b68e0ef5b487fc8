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
  let loading: Promise<void> | undefined
  const ask = () => {
    loading ??= load().then(
      (module) => void setComponent(() => module.default),
      () => {
        // the next one that is shown asks again
        loading = undefined
      },
    )
  }
  return (props) => {
    onMount(ask)
    return (
      <Show when={component()} fallback={fallback()}>
        {(loaded) => <Dynamic component={loaded()} {...props} />}
      </Show>
    )
  }
}
