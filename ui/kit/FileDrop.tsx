import { createSignal, type JSX } from 'solid-js'
import { Button } from './Button.tsx'

/** A place to drop files on, with a button for who chooses them. */
export function FileDrop(props: {
  label: string
  hint?: JSX.Element
  /** The button's words. */
  choose: string
  /** As of `<input accept>`. */
  accept?: string
  isBusy?: boolean
  /** One at a time. */
  isSingle?: boolean
  onFiles(files: File[]): void
}) {
  let input: HTMLInputElement | undefined
  const [isOver, setIsOver] = createSignal(false)
  const take = (files: FileList | null | undefined): void => {
    const taken = [...(files ?? [])].slice(0, props.isSingle ? 1 : undefined)
    if (taken.length > 0 && !props.isBusy) props.onFiles(taken)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      class="empty file-drop"
      data-over={isOver()}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        take(event.dataTransfer?.files)
      }}
    >
      <p class="strong">{props.label}</p>
      <p class="muted">{props.hint}</p>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple={!props.isSingle}
        tabindex="-1"
        accept={props.accept}
        aria-label={props.label}
        onChange={(event) => {
          take(event.currentTarget.files)
          // the same file may be chosen again
          event.currentTarget.value = ''
        }}
      />
      <Button isBusy={props.isBusy === true} onClick={() => input?.click()}>
        {props.choose}
      </Button>
    </div>
  )
}
