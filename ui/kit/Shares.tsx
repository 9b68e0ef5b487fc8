import { createEffect, For, Show } from 'solid-js'

/** A part of a whole: `main` to `fourth` belong together, `other` is somebody else's. */
export interface Share {
  label: string
  value: number
  text: string
  look: 'main' | 'second' | 'third' | 'fourth' | 'other' | 'rest' | 'missing'
}

/** How a whole is shared, as one line and as a list that says it in words. */
export function Shares(props: { label: string; shares: readonly Share[] }) {
  const drawn = () =>
    props.shares.filter(({ look, value }) => value > 0 && look !== 'rest' && look !== 'missing')
  const rest = () => props.shares.find(({ look }) => look === 'rest')?.value ?? 0
  const total = () => drawn().reduce((sum, { value }) => sum + value, Math.max(0, rest()))
  return (
    <div class="shares">
      <p class="small strong">{props.label}</p>
      <Show when={total() > 0}>
        <div class="shares-bar" aria-hidden="true">
          <For each={drawn()}>
            {({ value, look }) => <Part look={look} percent={(value / total()) * 100} />}
          </For>
        </div>
      </Show>
      <ul class="shares-list" aria-label={props.label}>
        <For each={props.shares}>
          {({ label, text, look }) => (
            <li data-look={look}>
              <span>{label}</span> <span class="strong">{text}</span>
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}

function Part(props: { look: string; percent: number }) {
  let part: HTMLDivElement | undefined
  // Through the CSSOM: the Content-Security-Policy of a stricter proxy may refuse style attributes.
  createEffect(() => part?.style.setProperty('--percent', String(props.percent)))
  return <div ref={part} data-look={props.look} />
}
