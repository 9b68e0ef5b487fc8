import { createSignal, type JSX, lazy, onMount, Show } from 'solid-js'

export interface Act {
  /** An operate route: `POST /api/swap`. */
  route: string
  body?: Record<string, unknown>
  /** What has to be typed before it can be done; sent as `?confirm=`. */
  confirm?: string
  /** The button that changes nothing. Default: Cancel. */
  keep?: string
  /** Said when it is done at once (no job). */
  done?: string
  /** What else helps to decide, shown below the plan's words. */
  details?(): JSX.Element
  onDone?(reply: unknown): void
}

const [asked, setAsked] = createSignal<Act>()

/** Asks first, with the plan in plain words; then does exactly that plan, and shows its job. */
export const act = (wanted: Act): void => void setAsked(wanted)

// The overview is drawn without it; it is there before anybody has found a button.
const ActDialog = lazy(() => import('./ActDialog.tsx'))

/** Where acts are asked about; once in the app. */
export function Acts() {
  onMount(() => void ActDialog.preload())
  return (
    <Show when={asked()} keyed>
      {(wanted) => <ActDialog act={wanted} onClose={() => setAsked(undefined)} />}
    </Show>
  )
}
