import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, expect, it } from 'vitest'
import { Waveform } from './Waveform.tsx'

afterEach(cleanup)

it('is drawn again when more is heard and when its peaks come', () => {
  const drawn: { color: string; height: number }[] = []
  HTMLCanvasElement.prototype.getContext = (() => ({
    fillStyle: '',
    fillRect(this: { fillStyle: string }, _x: number, _y: number, _w: number, height: number) {
      drawn.push({ color: this.fillStyle, height })
    },
  })) as never
  for (const [side, size] of [
    ['clientWidth', 30],
    ['clientHeight', 10],
  ] as const)
    Object.defineProperty(HTMLCanvasElement.prototype, side, { value: size, configurable: true })
  const [at, setAt] = createSignal(0)
  const [peaks, setPeaks] = createSignal<number[]>([])
  render(() => <Waveform label="A sound" peaks={peaks()} seconds={10} at={at()} />)
  const canvas = document.querySelector('canvas') as HTMLCanvasElement
  canvas.style.color = 'rgb(1, 2, 3)'
  canvas.style.borderColor = 'rgb(9, 9, 9)'
  const again = (work: () => void) => {
    drawn.splice(0)
    work()
    return drawn
  }
  expect(again(() => setPeaks([0.5, 1])).map(({ height }) => height)).toContain(10)
  const half = again(() => setAt(5)).map(({ color }) => color)
  expect(half.filter((color) => color === 'rgb(1, 2, 3)')).toHaveLength(half.length / 2)
})
