import { createSignal, Index, type JSX } from 'solid-js'
import { formatClock } from './audio.ts'

/** A word and when it is said, in seconds. */
export interface SpokenWord {
  word: string
  start: number
  end: number
}

/** Colours there are for speakers; who comes later has one again, with another name beside it. */
export const SPEAKER_TONES = 6

/** What was said, turn after turn. */
export const SpokenList = (props: { label: string; children: JSX.Element }) => (
  <ol class="turns" aria-label={props.label}>
    {props.children}
  </ol>
)

/**
 * What one speaker said in one go. A word is a button that plays it; the arrow keys go from word to
 * word, so that the tab key passes a turn in one step.
 */
export function SpokenTurn(props: {
  speaker: string | undefined
  /** Number of the speaker, from 0: gives the colour. */
  tone: number
  start: number
  words: readonly SpokenWord[]
  /** Where it is played now. */
  at: number
  note?: JSX.Element
  onWord(word: SpokenWord): void
}) {
  const [reached, setReached] = createSignal(0)
  const buttons: HTMLButtonElement[] = []
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    const next = Math.min(Math.max(0, reached() + by), props.words.length - 1)
    event.preventDefault()
    setReached(next)
    buttons[next]?.focus()
  }
  return (
    <li
      class="turn"
      data-speaker={props.speaker === undefined ? 'none' : props.tone % SPEAKER_TONES}
    >
      <p class="turn-head">
        <span class="turn-name">{props.speaker ?? 'Said'}</span>
        <span class="muted tiny">{formatClock(props.start)}</span>
        {props.note}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the words in it have the focus, it only listens */}
      <div class="turn-words" onKeyDown={onKeyDown}>
        <Index each={props.words}>
          {(word, at) => (
            <button
              type="button"
              class="word"
              ref={(button) => {
                buttons[at] = button
              }}
              tabindex={reached() === at ? 0 : -1}
              aria-current={props.at >= word().start && props.at < word().end ? 'true' : undefined}
              onFocus={() => setReached(at)}
              onClick={() => props.onWord(word())}
            >
              {word().word}
            </button>
          )}
        </Index>
      </div>
    </li>
  )
}
