import { createEffect, on, onCleanup } from 'solid-js'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatClock } from '../kit/format.ts'
import { chosenTheme } from '../theme.ts'
import type { PlotProps } from './Plot.tsx'

const HEIGHT_PX = 84
const HOUR_S = 3600

/** Draws a plot into a box, and anew when its values, its width or the colours change. */
export function keepDrawn(
  box: HTMLElement,
  props: PlotProps,
  hover: (index: number | null) => void,
): void {
  let plot = draw(box, props, hover)
  const anew = (): void => {
    plot.destroy()
    plot = draw(box, props, hover)
  }
  const sizes = new ResizeObserver(() =>
    plot.setSize({ width: box.clientWidth, height: HEIGHT_PX }),
  )
  sizes.observe(box)
  createEffect(
    on([() => props.at, () => props.values], () => plot.setData(dataOf(props)), { defer: true }),
  )
  // Colours are read when it is drawn.
  createEffect(on([chosenTheme, () => props.most], anew, { defer: true }))
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', anew)
  onCleanup(() => {
    scheme.removeEventListener('change', anew)
    sizes.disconnect()
    plot.destroy()
  })
}

const dataOf = ({ at, values }: PlotProps): uPlot.AlignedData => [[...at], [...values]]

function draw(box: HTMLElement, props: PlotProps, hover: (index: number | null) => void): uPlot {
  const style = getComputedStyle(box)
  // As a colour a canvas understands: the property itself still holds both of light and dark.
  const colour = (name: string): string => {
    box.style.color = `var(${name})`
    const resolved = style.color
    box.style.color = ''
    return resolved
  }
  const axis = {
    stroke: colour('--ink-3'),
    font: `11px ${style.fontFamily}`,
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  }
  return new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false } },
      padding: [6, null, 0, 0],
      scales: {
        x: { range: (_plot, _first, last) => [last - HOUR_S, last] },
        y: { range: (_plot, _low, high) => [0, props.most ?? Math.max(1, high * 1.1)] },
      },
      axes: [
        {
          ...axis,
          size: 20,
          space: 80,
          values: (_plot, splits) => splits.map((s) => formatClock(s * 1000)),
        },
        {
          ...axis,
          size: 56,
          space: 28,
          values: (_plot, splits) => splits.map((value) => props.format(value)),
        },
      ],
      series: [
        {},
        { stroke: colour('--accent'), width: 1.5, spanGaps: false, points: { show: false } },
      ],
      hooks: { setCursor: [(plot) => hover(plot.cursor.idx ?? null)] },
    },
    dataOf(props),
    box,
  )
}
