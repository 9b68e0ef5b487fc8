import { describe, expect, it } from 'vitest'
import { durationMs } from './tags.ts'

describe('durationMs', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(durationMs(text)).toBe(ms)
  })

  it.each(['30', 's', '5 m', '1.5h', '-1s', '1w', '', '1:30', '9999999999s'])(
    '"%s" is no duration',
    (text) => {
      expect(durationMs(text)).toBeNaN()
    },
  )
})
