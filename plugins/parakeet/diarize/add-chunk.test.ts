import { describe, expect, it } from 'vitest'
import type { KeyValue } from '#core'
import { createFakeClock } from '#core/testing'
import { addChunk } from './add-chunk.ts'
import { readPlace } from './read-place.ts'
import { readTurns } from './read-turns.ts'
import { LIFETIME_MS, MOST_SESSIONS, Sessions } from './sessions.ts'

const turn = (start: number, end: number, speaker: string) => ({ start, end, speaker })

const FIRST = { turns: [turn(0, 100, 'a'), turn(100, 300, 'b')], end_s: 300, max_speakers: 2 }
const SECOND = { start_s: 180, end_s: 480, turns: [turn(0, 150, 'x'), turn(160, 300, 'y')] }

/** A store whose values are JSON, as those of the real one are. */
function memory(): KeyValue {
  const values = new Map<string, string>()
  return {
    get: (key) => JSON.parse(values.get(key) ?? 'null') ?? undefined,
    set: (key, value) => void values.set(key, JSON.stringify(value)),
    delete: (key) => void values.delete(key),
    keys: (prefix = '') => [...values.keys()].filter((key) => key.startsWith(prefix)),
  }
}

function start() {
  const clock = createFakeClock()
  const sessions = new Sessions(memory(), clock)
  const chunk = ({ turns, ...place }: Record<string, unknown>) =>
    addChunk(
      { place: readPlace(place, []), turns: readTurns(turns), durationS: undefined, mostTold: 4 },
      sessions,
    )
  return { chunk, clock }
}

describe('chunks of a recording', () => {
  it('sent again are answered as before', () => {
    const { chunk } = start()
    const { session } = chunk(FIRST)
    const second = chunk({ ...SECOND, session })
    expect(chunk({ ...SECOND, session })).toEqual(second)
  })

  it('say which speakers nothing links', () => {
    const { chunk } = start()
    const { session } = chunk({ ...FIRST, max_speakers: undefined })
    const { unlinked, warnings } = chunk({ ...SECOND, session, start_s: 300, end_s: 600 })
    expect(unlinked).toEqual(['speaker_3', 'speaker_4'])
    expect(warnings).toEqual([
      expect.stringContaining('Nothing before 300 s is in this chunk'),
      expect.stringContaining('speaker_3 is new'),
      expect.stringContaining('speaker_4 is new'),
    ])
  })

  it('with more speakers than the diarizer can tell apart warn', () => {
    const turns = ['a', 'b', 'c', 'd'].map((label, index) => turn(index, index + 1, label))
    expect(start().chunk({ turns }).warnings).toEqual([expect.stringContaining('4 apart')])
  })

  it('in the wrong order are refused, and what was there stays', () => {
    const { chunk } = start()
    const { session } = chunk(FIRST)
    expect(() => chunk({ ...SECOND, session, start_s: 0, end_s: 200 })).toThrow(
      expect.objectContaining({ code: 'CHUNK_OUT_OF_ORDER', status: 409 }),
    )
    expect(chunk({ ...SECOND, session }).until_s).toBe(480)
  })

  it('end with their session, 24 hours after the last one', () => {
    const { chunk, clock } = start()
    const { session } = chunk(FIRST)
    clock.set(clock.now() + LIFETIME_MS)
    chunk({ ...SECOND, session })
    clock.set(clock.now() + LIFETIME_MS + 1)
    expect(() => chunk({ ...SECOND, session, start_s: 400, end_s: 700 })).toThrow(
      expect.objectContaining({ code: 'SESSION_UNKNOWN', status: 404 }),
    )
  })

  it('of too many recordings are refused until one is forgotten', () => {
    const { chunk, clock } = start()
    for (let count = 0; count < MOST_SESSIONS; count++) chunk({ turns: [turn(0, 1, 'a')] })
    expect(() => chunk(FIRST)).toThrow(
      expect.objectContaining({ code: 'SESSIONS_FULL', status: 429 }),
    )
    clock.set(clock.now() + LIFETIME_MS + 1)
    expect(chunk(FIRST).until_s).toBe(300)
  })

  it.each([
    ['SESSION_UNKNOWN', { ...SECOND, session: 'of-nobody' }],
    ['VALIDATION', { ...SECOND, session: '../x' }],
    ['VALIDATION', { ...FIRST, start_s: -1 }],
    ['VALIDATION', { ...FIRST, end_s: 'late' }],
    ['VALIDATION', { ...FIRST, max_speakers: 0 }],
    ['VALIDATION', { turns: [] }],
    ['VALIDATION', { ...FIRST, start_s: 300 }],
    ['VALIDATION', { turns: Array.from({ length: 5001 }, () => turn(0, 1, 'a')) }],
    ['TURNS_UNREADABLE', { turns: [turn(-5, 1, 'a')] }],
    ['TURNS_UNREADABLE', { turns: [turn(3, 1, 'a')] }],
    ['TURNS_UNREADABLE', { turns: 'hello' }],
  ])('are refused by %s', (code, body) => {
    const { chunk } = start()
    expect(() => chunk(body)).toThrow(expect.objectContaining({ code }))
  })

  it('need their place from the second on, and the number of speakers of the first', () => {
    const { chunk } = start()
    const { session } = chunk(FIRST)
    expect(() => chunk({ ...SECOND, session, start_s: undefined })).toThrow('start_s is missing')
    expect(() => chunk({ ...SECOND, session, max_speakers: 3 })).toThrow('was 2 in the first chunk')
  })
})
