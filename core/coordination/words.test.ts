import { expect, it } from 'vitest'
import { ago, lasting } from './words.ts'

it.each([
  [0.2, '1 second'],
  [45, '45 seconds'],
  [60, '1 minute'],
  [95, '1 minute 35 seconds'],
  [7800, '2 hours 10 minutes'],
  [86_400, '1 day'],
  [200_000, '2 days 7 hours'],
])('%d seconds last %s', (seconds, words) => {
  expect(lasting(seconds)).toBe(words)
})

it.each([
  [3, 'just now'],
  [130, '2 minutes ago'],
  [7800, '2 hours ago'],
])('%d seconds are %s', (seconds, words) => {
  expect(ago(seconds)).toBe(words)
})
