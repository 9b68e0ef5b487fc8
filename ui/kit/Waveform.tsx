import { createEffect, onCleanup, onMount } from 'solid-js'
import { formatClock, type Peaks } from './audio.ts'

const STEP_S = 5

/** A sound as a picture. Click into it, or use the arrow keys, to go to a moment. */
export function Waveform(props: {
  label: string
  peaks: Peaks
  seconds: number
  /** Where it is played now, in seconds. */
  at: number
  /** Absent: it is only looked at. */
  onSeek?: (seconds: number) => void
}) {
  let canvas: HTMLCanvasElement | undefined
  let isMounted = false
  const paint = () => {
    // read before anything is decided, or the effect would follow nothing
    const heard = props.at / (props.seconds || 1)
    const { peaks } = props
    if (canvas && isMounted) draw(canvas, peaks, heard)
  }
  createEffect(paint)
  onMount(() => {
    isMounted = true
    paint()
    if (!canvas || typeof ResizeObserver === 'undefined') return
    const sizes = new ResizeObserver(paint)
    sizes.observe(canvas)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', paint)
    const theme = new MutationObserver(paint)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    onCleanup(() => {
      sizes.disconnect()
      scheme.removeEventListener('change', paint)
      theme.disconnect()
    })
  })
  const seek = (seconds: number) => props.onSeek?.(Math.min(Math.max(0, seconds), props.seconds))
  const onKeyDown = (event: KeyboardEvent) => {
    const to = {
      ArrowRight: props.at + STEP_S,
      ArrowLeft: props.at - STEP_S,
      Home: 0,
      End: props.seconds,
    }[event.key]
    if (to === undefined || !props.onSeek) return
    event.preventDefault()
    seek(to)
  }
  const slider = () =>
    props.onSeek
      ? ({
          role: 'slider',
          tabindex: 0,
          'aria-valuemin': 0,
          'aria-valuemax': Math.round(props.seconds),
          'aria-valuenow': Math.round(props.at),
          'aria-valuetext': `${formatClock(props.at)} of ${formatClock(props.seconds)}`,
        } as const)
      : ({ role: 'img' } as const)
  return (
    <canvas
      class="wave"
      ref={canvas}
      {...slider()}
      aria-label={props.label}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect()
        seek(((event.clientX - left) / (width || 1)) * props.seconds)
      }}
    />
  )
}

/** Bars from the middle; what was heard is darker. */
function draw(canvas: HTMLCanvasElement, peaks: Peaks, heard: number): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const ratio = devicePixelRatio || 1
  const width = canvas.clientWidth * ratio
  const height = canvas.clientHeight * ratio
  canvas.width = width
  canvas.height = height
  const style = getComputedStyle(canvas)
  const step = Math.max(3 * ratio, width / Math.max(1, peaks.length))
  const loudest = Math.max(0.05, ...peaks)
  for (let x = 0; x + ratio <= width; x += step) {
    const from = Math.floor((x / width) * peaks.length)
    const to = Math.max(from + 1, Math.floor(((x + step) / width) * peaks.length))
    const peak = Math.max(0, ...peaks.slice(from, to)) / loudest
    const bar = Math.max(2 * ratio, peak * height)
    context.fillStyle = x / width < heard ? style.color : style.borderColor
    context.fillRect(x, (height - bar) / 2, Math.max(ratio, step - ratio), bar)
  }
}
