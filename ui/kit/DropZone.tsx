import { createSignal, createUniqueId, type JSX } from 'solid-js'

/** A place to drop a file, or to choose one by keyboard or finger. */
export function DropZone(props: {
  label: string
  hint?: JSX.Element
  /** As of an input: `audio/*,.mkv`. */
  accept: string
  onFile(file: File): void
}) {
  const id = createUniqueId()
  const [isOver, setIsOver] = createSignal(false)
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0]
    if (file) props.onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done with the input in it
    <div
      class="drop"
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
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class="input"
        type="file"
        accept={props.accept}
        onChange={(event) => {
          take(event.currentTarget.files)
          // the same file again is a new wish
          event.currentTarget.value = ''
        }}
      />
      {props.hint}
    </div>
  )
}
