import { createRoot, createSignal, onCleanup, onMount } from 'solid-js'
import '../kit/style/plot.css'
import { formatClock } from '../kit/format.ts'

/** One figure over time: seconds since 1970 and a value for each, null where none is known. */
export interface PlotProps {
  label: string
  at: readonly number[]
  values: readonly (number | null)[]
  /** Upper end of the scale; default: the highest value. */
  most?: number
  format(value: number): string
}

/** A small line with its present, lowest and highest value in words, which is all a reader without eyes needs. */
export function Plot(props: PlotProps) {
  let box: HTMLDivElement | undefined
  const [hovered, setHovered] = createSignal<number | null>(null)
  const known = () => props.values.filter((value) => value !== null)
  const words = (): string => {
    const index = hovered()
    const value = index === null ? undefined : props.values[index]
    if (value !== null && value !== undefined)
      return `${props.format(value)} at ${formatClock((props.at[index as number] ?? 0) * 1000)}`
    const all = known()
    const last = all.at(-1)
    if (last === undefined) return 'not known'
    const [least, most] = [Math.min(...all), Math.max(...all)].map(props.format)
    return least === most ? `${least} now` : `${props.format(last)} now · ${least} to ${most}`
  }
  onMount(() => {
    // Without it there is no canvas either (tests): the words say what there is.
    if (!('ResizeObserver' in globalThis)) return
    let end = () => {}
    let isGone = false
    void import('./draw-plot.ts').then(({ keepDrawn }) => {
      if (isGone) return
      end = createRoot((dispose) => {
        keepDrawn(box as HTMLDivElement, props, setHovered)
        return dispose
      })
    })
    onCleanup(() => {
      isGone = true
      end()
    })
  })
  return (
    <figure class="plot">
      <figcaption class="meter-words">
        <span>{props.label}</span>
        <span class="strong">{words()}</span>
      </figcaption>
      <div class="plot-box" ref={box} aria-hidden="true" />
    </figure>
  )
}
