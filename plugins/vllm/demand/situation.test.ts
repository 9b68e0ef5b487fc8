import { expect, it } from 'vitest'
import { ordinal } from './situation.ts'

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [21, '21st'],
  [113, '113th'],
])('%i is the %s', (n, word) => {
  expect(ordinal(n)).toBe(word)
})
