import { createEffect, Show } from 'solid-js'

/** How far something has come, 0–100; null while that cannot be known. */
export function Bar(props: { label: string; percent: number | null }) {
  const known = () => (props.percent === null ? undefined : Math.round(props.percent))
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known()}
      data-known={known() !== undefined}
    >
      <Fill percent={known() ?? 100} />
    </div>
  )
}

/** How much of something is used, as words and as a line. */
export function Meter(props: {
  label: string
  used: number
  total: number
  text: string
  hint?: string
  /** Being full is as it should be, so it is never marked. */
  isFullFine?: boolean
}) {
  const percent = () => (props.total > 0 ? Math.min(100, (props.used / props.total) * 100) : 0)
  return (
    <div class="meter">
      <div class="meter-words">
        <span>{props.label}</span>
        <span class="strong">{props.text}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers let <meter> be styled only by prefixed parts */}
      <div
        class="bar"
        role="meter"
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent())}
        aria-valuetext={props.text}
        data-known="true"
        data-look="meter"
        data-level={levelOf(percent(), props.isFullFine)}
      >
        <Fill percent={percent()} />
      </div>
      <Show when={props.hint}>
        <p class="hint">{props.hint}</p>
      </Show>
    </div>
  )
}

const levelOf = (percent: number, isFullFine = false): string =>
  percent <= 85 || isFullFine ? 'fine' : percent > 95 ? 'full' : 'high'

function Fill(props: { percent: number }) {
  let fill: HTMLDivElement | undefined
  // Through the CSSOM: the Content-Security-Policy of a stricter proxy may refuse style attributes.
  createEffect(() => fill?.style.setProperty('--percent', String(props.percent)))
  return <div class="bar-fill" ref={fill} />
}
