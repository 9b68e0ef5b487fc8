import { createSignal, For, onCleanup } from 'solid-js'
import { asCallError } from '../client.ts'
import { onNotice } from '../live.ts'
import { Button } from './Button.tsx'
import { sentence } from './format.ts'
import { icons } from './icons.ts'

interface Toast {
  tone: 'good' | 'bad'
  text: string
}

const MOST = 3
const GOOD_MS = 6000
const [toasts, setToasts] = createSignal<readonly Toast[]>([])

/** Says that something went well; gone after a while. */
export function toast(text: string): void {
  const added: Toast = { tone: 'good', text }
  add(added)
  setTimeout(() => drop(added), GOOD_MS)
}

/** Says that something failed; stays until it is closed. */
export function toastError(thrown: unknown): void {
  add(badNews(asCallError(thrown)))
}

const badNews = ({ message, hint }: { message: string; hint?: string | undefined }): Toast => ({
  tone: 'bad',
  text: [message, hint ?? ''].filter(Boolean).map(sentence).join(' '),
})

/** Where toasts appear, and notices of the controller among them; once in the app. */
export function Toasts() {
  onCleanup(onNotice((notice) => add(badNews(notice))))
  return (
    <div class="toasts" role="status">
      <For each={toasts()}>
        {(shown) => (
          <div class="toast" data-tone={shown.tone}>
            <p>{shown.text}</p>
            <Button
              look="quiet"
              size="small"
              icon={icons.close}
              aria-label="Close"
              onClick={() => drop(shown)}
            />
          </div>
        )}
      </For>
    </div>
  )
}

const add = (added: Toast) => setToasts((shown) => [...shown.slice(1 - MOST), added])
const drop = (dropped: Toast) => setToasts((shown) => shown.filter((one) => one !== dropped))
