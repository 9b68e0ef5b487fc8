import { expect, it } from 'vitest'
import { quietUntil } from './quiet-hours.ts'

const until = (from: string, to: string, time_zone: string, at: string): string | null => {
  const ms = quietUntil({ from, to, time_zone, except: [] }, Date.parse(at))
  return ms === null ? null : new Date(ms).toISOString().replace(':00.000Z', 'Z')
}

const VIENNA = 'Europe/Vienna'

it.each<[string, ...Parameters<typeof until>, string | null]>([
  ['in the evening', '22:00', '07:00', 'UTC', '2026-06-01T22:00:00Z', '2026-06-02T07:00Z'],
  ['after midnight', '22:00', '07:00', 'UTC', '2026-06-02T03:10:20Z', '2026-06-02T07:00Z'],
  ['a moment before', '22:00', '07:00', 'UTC', '2026-06-01T21:59:59.999Z', null],
  ['at its end', '22:00', '07:00', 'UTC', '2026-06-02T07:00:00Z', null],
  ['by day', '12:00', '13:30', 'UTC', '2026-06-01T12:59:00Z', '2026-06-01T13:30Z'],
  ['after that', '12:00', '13:30', 'UTC', '2026-06-01T14:00:00Z', null],
  ['all day but a minute', '07:01', '07:00', 'UTC', '2026-06-01T07:01:00Z', '2026-06-02T07:00Z'],
  [
    'in another zone',
    '22:00',
    '07:00',
    'Asia/Kolkata',
    '2026-06-01T17:00:00Z',
    '2026-06-02T01:30Z',
  ],
  [
    'the night an hour lacks',
    '22:00',
    '07:00',
    VIENNA,
    '2026-03-28T21:30:00Z',
    '2026-03-29T05:00Z',
  ],
  [
    'the night of an hour more',
    '22:00',
    '07:00',
    VIENNA,
    '2026-10-24T21:00:00Z',
    '2026-10-25T06:00Z',
  ],
  [
    'with an end that is skipped',
    '22:00',
    '02:30',
    VIENNA,
    '2026-03-28T22:00:00Z',
    '2026-03-29T01:00Z',
  ],
  [
    'with an end that comes twice',
    '22:00',
    '02:30',
    VIENNA,
    '2026-10-24T22:00:00Z',
    '2026-10-25T00:30Z',
  ],
  [
    'with a start that is skipped',
    '02:30',
    '06:00',
    VIENNA,
    '2026-03-29T01:00:00Z',
    '2026-03-29T04:00Z',
  ],
])('quiet %s', (_, from, to, zone, at, end) => {
  expect(until(from, to, zone, at)).toBe(end)
})

it('is never quiet without quiet hours', () => {
  expect(quietUntil(undefined, 0)).toBe(null)
})
