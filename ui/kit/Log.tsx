import { createEffect, createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { Button } from './Button.tsx'
import { icons } from './icons.ts'

export interface LogLine {
  n: number
  text: string
}

/** Lines as they come: follows the end until it is scrolled up. Give it a bounded list. */
export function Log(props: {
  label: string
  lines: readonly LogLine[]
  /** What stands where no line is. */
  empty?: JSX.Element
  isDropped?: boolean
}) {
  const [isFollowing, setIsFollowing] = createSignal(true)
  let box: HTMLDivElement | undefined
  const toEnd = () => {
    if (box) box.scrollTop = box.scrollHeight
  }
  createEffect(() => {
    if (props.lines.length > 0 && isFollowing()) queueMicrotask(toEnd)
  })
  const last = createMemo(() => props.lines.at(-1)?.n)
  return (
    <div class="log">
      <div
        class="log-lines"
        ref={box}
        role="log"
        aria-live="off"
        aria-label={props.label}
        tabindex="0"
        data-last={last()}
        onScroll={({ currentTarget: at }) =>
          setIsFollowing(at.scrollHeight - at.scrollTop - at.clientHeight < 24)
        }
      >
        <Show when={props.isDropped}>
          <p class="log-note">Earlier lines are not shown.</p>
        </Show>
        <For each={props.lines} fallback={<p class="log-note">{props.empty ?? 'No lines yet.'}</p>}>
          {(line) => <div class="log-line">{line.text || ' '}</div>}
        </For>
      </div>
      <Show when={!isFollowing()}>
        <div class="log-follow">
          <Button
            size="small"
            icon={icons.down}
            onClick={() => {
              setIsFollowing(true)
              toEnd()
            }}
          >
            To the end
          </Button>
        </div>
      </Show>
    </div>
  )
}
