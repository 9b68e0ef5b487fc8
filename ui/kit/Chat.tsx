import { createEffect, Index, type JSX, Show } from 'solid-js'
import { Button } from './Button.tsx'
import { icons } from './icons.ts'
import { Disclosure } from './Text.tsx'

/** What was said, the newest at the end and in sight. */
export function Transcript(props: { label: string; length: number; children: JSX.Element }) {
  let box: HTMLElement | undefined
  let isAtEnd = true
  createEffect(() => {
    if (props.length >= 0 && box && isAtEnd) box.scrollTop = box.scrollHeight
  })
  return (
    <section
      class="transcript"
      ref={box}
      aria-label={props.label}
      tabindex="0"
      onScroll={({ currentTarget: at }) => {
        isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < 48
      }}
    >
      {props.children}
    </section>
  )
}

/** What one side said. Fenced code is set as code; nothing else is read as markup. */
export function Bubble(props: {
  from: 'owner' | 'model'
  name: string
  text: string
  /** What the model thought before it answered. */
  thoughts?: string | undefined
  isThinking?: boolean
  footer?: JSX.Element
  children?: JSX.Element
}) {
  return (
    <article class="bubble" data-from={props.from} aria-label={props.name}>
      <Show when={props.thoughts}>
        <Disclosure summary={props.isThinking ? 'Thinking…' : 'Thoughts'}>
          <p class="thoughts">{props.thoughts}</p>
        </Disclosure>
      </Show>
      <Show when={props.text}>
        <div class="bubble-text">
          <Index each={splitCode(props.text)}>
            {(part) => (
              <Show when={part().isCode} fallback={<p>{part().text}</p>}>
                <pre tabindex="0">{part().text}</pre>
              </Show>
            )}
          </Index>
        </div>
      </Show>
      {props.children}
      <Show when={props.footer}>
        <p class="muted tiny">{props.footer}</p>
      </Show>
    </article>
  )
}

/** Where the owner writes. Enter sends, Shift+Enter begins a line. */
export function Composer(props: {
  label: string
  value: string
  isStreaming: boolean
  isOff?: boolean
  onInput(value: string): void
  onSend(): void
  onStop(): void
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    if (!props.isStreaming) props.onSend()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        props.onSend()
      }}
    >
      <textarea
        class="input"
        rows={2}
        aria-label={props.label}
        placeholder={props.label}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Show
        when={props.isStreaming}
        fallback={
          <Button look="primary" type="submit" icon={icons.send} disabled={props.isOff}>
            Send
          </Button>
        }
      >
        <Button icon={icons.stop} onClick={() => props.onStop()}>
          Stop
        </Button>
      </Show>
    </form>
  )
}

/** Text in parts: what stands between ``` fences is code. */
export function splitCode(text: string): { isCode: boolean; text: string }[] {
  return text
    .split(/^```[^\n]*\n?/m)
    .map((part, at) => ({ isCode: at % 2 === 1, text: part.replace(/^\n+|\n+$/g, '') }))
    .filter((part) => part.text !== '')
}
