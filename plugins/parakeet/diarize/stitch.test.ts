import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../turns.ts'
import { beginStitching, stitchChunk } from './stitch.ts'

const turn = (start: number, end: number, speaker: string): Turn => ({ start, end, speaker })
const lines = (turns: readonly Turn[]) =>
  turns.map(({ start, end, speaker }) => `${start}-${end} ${speaker}`)

const FIRST = {
  start_s: 0,
  end_s: 300,
  turns: [turn(0, 100, 'a'), turn(100, 220, 'b'), turn(220, 300, 'a')],
}

describe('chunks of a recording', () => {
  it('share the labels of those who are heard in both', () => {
    const first = stitchChunk(beginStitching(null), FIRST)
    expect(lines(first.turns)).toEqual([
      '0-100 speaker_1',
      '100-220 speaker_2',
      '220-300 speaker_1',
    ])
    expect(first.links.map(({ by }) => by)).toEqual(['new', 'new'])
    const second = stitchChunk(first.next, {
      start_s: 180,
      end_s: 480,
      turns: [turn(180, 221, 'x'), turn(222, 350, 'y'), turn(350, 480, 'x')],
    })
    // what was given out before is not given out again
    expect(lines(second.turns)).toEqual(['300-350 speaker_1', '350-480 speaker_2'])
    expect(second.links).toEqual([
      { label: 'x', speaker: 'speaker_2', overlap_s: 40, by: 'overlap' },
      { label: 'y', speaker: 'speaker_1', overlap_s: 78, by: 'overlap' },
    ])
  })

  it('are linked all at once, not the longest overlap first', () => {
    const before = stitchChunk(beginStitching(null), {
      start_s: 0,
      end_s: 100,
      turns: [turn(0, 100, 'a'), turn(40, 90, 'b')],
    })
    const { links } = stitchChunk(before.next, {
      start_s: 40,
      end_s: 140,
      // x shares 50 s with a and 49 s with b, y shares 50 s with a only
      turns: [turn(40, 89, 'x'), turn(100, 140, 'x'), turn(50, 100, 'y')],
    })
    expect(links.map(({ label, speaker }) => `${label} ${speaker}`)).toEqual([
      'x speaker_2',
      'y speaker_1',
    ])
  })

  it('who was silent in the overlap is new, as long as nobody knows how many there are', () => {
    const { next } = stitchChunk(beginStitching(null), FIRST)
    const chunk = { start_s: 230, end_s: 400, turns: [turn(230, 300, 'x'), turn(310, 400, 'y')] }
    const { links } = stitchChunk(next, chunk)
    expect(links[1]).toEqual({ label: 'y', speaker: 'speaker_3', overlap_s: 0, by: 'new' })
  })

  it('who was silent in the overlap is the only one left of two', () => {
    const { next } = stitchChunk(beginStitching(2), FIRST)
    const chunk = { start_s: 230, end_s: 400, turns: [turn(230, 300, 'x'), turn(310, 400, 'y')] }
    const { links } = stitchChunk(next, chunk)
    expect(links[1]).toEqual({ label: 'y', speaker: 'speaker_2', overlap_s: 0, by: 'elimination' })
  })

  it('of several who were silent, the one heard last is guessed, and called a guess', () => {
    const turns = [turn(0, 50, 'a'), turn(50, 100, 'b'), turn(100, 150, 'c'), turn(150, 300, 'd')]
    const { next } = stitchChunk(beginStitching(4), { start_s: 0, end_s: 300, turns })
    const chunk = { start_s: 180, end_s: 480, turns: [turn(180, 310, 'x'), turn(320, 480, 'y')] }
    const { links } = stitchChunk(next, chunk)
    expect(links[1]).toEqual({ label: 'y', speaker: 'speaker_3', overlap_s: 0, by: 'guess' })
  })

  it('two for whom one is left are a guess, as either may be the one', () => {
    const { next } = stitchChunk(beginStitching(2), FIRST)
    const turns = [turn(230, 300, 'x'), turn(310, 350, 'y'), turn(350, 400, 'z')]
    const { links } = stitchChunk(next, { start_s: 230, end_s: 400, turns })
    expect(links.map(({ speaker, by }) => `${speaker} ${by}`)).toEqual([
      'speaker_1 overlap',
      'speaker_2 guess',
      'speaker_3 new',
    ])
  })

  it('have more speakers than was said rather than two of them under one name', () => {
    const turns = [turn(0, 10, 'a'), turn(10, 20, 'b'), turn(20, 30, 'c')]
    const { links } = stitchChunk(beginStitching(2), { start_s: 0, end_s: 30, turns })
    expect(new Set(links.map(({ speaker }) => speaker)).size).toBe(3)
  })
})

const people = ['Alice', 'Bob', 'Cora', 'Dan']
const meeting = fc
  .array(
    fc.record({
      speaker: fc.constantFrom(...people),
      pause: fc.integer({ min: -2, max: 2 }),
      length: fc.integer({ min: 1, max: 20 }),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((list) => {
    let at = 0
    return list.map(({ speaker, pause, length }) => {
      const start = Math.max(0, at + pause)
      at = Math.max(at, start + length)
      return turn(start, start + length, speaker)
    })
  })

it('whatever the talk, chunks give out all of it once, and never two speakers as one of a chunk', () => {
  fc.assert(
    fc.property(
      meeting,
      fc.constantFrom(null, 4),
      fc.integer({ min: 0, max: 59 }),
      (talk, most, overlap) => {
        const endS = talk.reduce((latest, { end }) => Math.max(latest, end), 0)
        let state = beginStitching(most)
        const given: Turn[] = []
        for (let start = 0; start < endS; start += 60 - overlap) {
          const end = Math.min(endS, start + 60)
          const turns = talk
            .filter((each) => each.end > start && each.start < end)
            .map((each) =>
              turn(Math.max(start, each.start), Math.min(end, each.end), `${each.speaker}${start}`),
            )
          const stitched = stitchChunk(state, { start_s: start, end_s: end, turns })
          expect(new Set(stitched.links.map(({ speaker }) => speaker)).size).toBe(
            stitched.links.length,
          )
          state = stitched.next
          given.push(...stitched.turns)
        }
        const seconds = (list: readonly Turn[]) =>
          list.reduce((sum, { start, end }) => sum + end - start, 0)
        expect(seconds(given)).toBe(seconds(talk))
        if (most !== null) expect(state.speakers.length).toBeLessThanOrEqual(most)
        expect(state.until_s).toBe(endS)
      },
    ),
  )
})
