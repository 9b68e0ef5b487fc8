import { cleanup, render, screen } from '@solidjs/testing-library'
import { afterEach, it } from 'vitest'
import { Plot } from './Plot.tsx'

afterEach(cleanup)

it.each([
  ['12 % now · 3 % to 50 %', [3, null, 50, 12]],
  ['7 % now', [7, 7, null]],
  ['not known', [null, null]],
] as [string, (number | null)[]][])('says in words what the line shows: %s', (words, values) => {
  const at = values.map((_, n) => 1000 + n)
  render(() => <Plot label="GPU busy" at={at} values={values} format={(value) => `${value} %`} />)
  screen.getByText('GPU busy')
  screen.getByText(words)
})
