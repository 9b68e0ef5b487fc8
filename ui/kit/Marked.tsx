import { For, Show } from 'solid-js'

/** A place in a text, in UTF-16 units; its name is shown with it. */
export interface Mark {
  start: number
  end: number
  name: string
  tone: 'good' | 'warn' | 'bad' | 'info' | 'plain'
}

/** A text with places marked in it, each by colour and by name. */
export function Marked(props: { label: string; text: string; marks: readonly Mark[] }) {
  return (
    <section class="marked" aria-label={props.label}>
      <pre tabindex="0">
        <For each={piecesOf(props.text, props.marks)}>
          {(piece) => (
            <Show when={piece.mark} fallback={piece.text}>
              {(mark) => (
                <mark data-tone={mark().tone}>
                  {piece.text}
                  <small>{mark().name}</small>
                </mark>
              )}
            </Show>
          )}
        </For>
      </pre>
    </section>
  )
}

function piecesOf(text: string, marks: readonly Mark[]): { text: string; mark?: Mark }[] {
  const pieces: { text: string; mark?: Mark }[] = []
  let at = 0
  for (const mark of marks) {
    if (mark.start > at) pieces.push({ text: text.slice(at, mark.start) })
    pieces.push({ text: text.slice(mark.start, mark.end), mark })
    at = mark.end
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}
