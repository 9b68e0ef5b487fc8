import { createUniqueId, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { Button } from './Button.tsx'
import { icons } from './icons.ts'

export interface DialogProps {
  title: JSX.Element
  /** Escape, the cross, or a press beside it. */
  onClose(): void
  /** `side`: a drawer at the right edge. Default: in the middle. */
  place?: 'side'
  size?: 'large'
  /** While true only a button closes it. */
  isHeld?: boolean
  footer?: JSX.Element
  children: JSX.Element
}

/** Where the focus was before each dialog. */
const origins = new WeakMap<HTMLDialogElement, HTMLElement>()

/** A modal dialog (the browser's own: focus stays in it and returns to where it was). */
export function Dialog(props: DialogProps) {
  const id = createUniqueId()
  let dialog: HTMLDialogElement | undefined
  const active = document.activeElement
  const before = originOf(active)
  onMount(() => {
    if (dialog && before) origins.set(dialog, before)
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
  })
  onCleanup(() => {
    dialog?.close()
    giveBack(active, before)
  })
  const cancel = (event: Event) => {
    event.preventDefault()
    if (!props.isHeld) props.onClose()
  }
  return (
    <dialog
      ref={dialog}
      class="dialog"
      data-place={props.place ?? 'middle'}
      data-size={props.size}
      aria-labelledby={id}
      onCancel={cancel}
      onPointerDown={(event) => {
        if (event.target === dialog && isBeside(dialog, event)) cancel(event)
      }}
    >
      <div class="dialog-frame">
        <header class="dialog-head">
          <h2 id={id}>{props.title}</h2>
          <Show when={!props.isHeld}>
            <Button
              look="quiet"
              size="small"
              icon={icons.close}
              aria-label="Close"
              onClick={() => props.onClose()}
            />
          </Show>
        </header>
        <div class="dialog-body">{props.children}</div>
        <Show when={props.footer}>
          <footer class="dialog-foot">{props.footer}</footer>
        </Show>
      </div>
    </dialog>
  )
}

/** A dialog that follows another gives the focus back to where that one had it from. */
function originOf(active: Element | null): HTMLElement | null {
  const dialog = active?.closest('dialog')
  if (dialog) return origins.get(dialog) ?? null
  return active instanceof HTMLElement ? active : null
}

/** To the first of these that takes it: what is inert or gone does not. */
function giveBack(...wanted: (Element | null | undefined)[]): void {
  const open = [...document.querySelectorAll('dialog[open]')].at(-1)
  if (open?.contains(document.activeElement)) return
  for (const element of [...wanted, open?.querySelector('[data-autofocus]'), findMain()]) {
    if (!(element instanceof HTMLElement)) continue
    element.focus()
    if (document.activeElement === element) return
  }
}

const findMain = (): Element | null => document.querySelector('main')

function isBeside(dialog: HTMLDialogElement, { clientX, clientY }: PointerEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}
