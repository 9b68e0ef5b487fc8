import { assign } from '../../plugins/parakeet/diarize/assign.ts'
import { beginStitching, stitchChunk } from '../../plugins/parakeet/diarize/stitch.ts'
import { createTracks, sharedSeconds } from '../../plugins/parakeet/merge/tracks.ts'
import type { Turn } from '../../plugins/parakeet/turns.ts'
import { createMeeting } from './meeting.ts'
import { createChance } from './random.ts'

const CHUNK_S = 300
const OVERLAPS_S = [30, 60, 120] as const
const MEETINGS = 40
const LEAST_PERCENT = 97

/** Stitches simulated meetings; true if 300 s with 120 s overlap and `max_speakers` 4 are right enough. */
export function stitchMeetings(): boolean {
  const meetings = Array.from({ length: MEETINGS }, (_, seed) => createMeeting(seed))
  const hours = meetings.reduce((sum, turns) => sum + lengthOf(turns), 0) / 3600
  console.log(`chunks: ${MEETINGS} meetings of four, ${hours.toFixed(1)} h of speech`)
  console.log(
    `        ${(100 * overlapOf(meetings)).toFixed(0)} % of the time with speech has several`,
  )
  console.log('        right speaker, percent of speech time (worst meeting)\n')
  let isFine = false
  for (const overlapS of OVERLAPS_S) {
    const cells = [4, null].map((most) => {
      const shares = meetings.map((turns, seed) => right(turns, overlapS, most, seed))
      const percent =
        (100 * shares.reduce((sum, { right: seconds }) => sum + seconds, 0)) /
        shares.reduce((sum, { all }) => sum + all, 0)
      const worst = 100 * Math.min(...shares.map(({ right: seconds, all }) => seconds / all))
      if (overlapS === 120 && most === 4) isFine = percent >= LEAST_PERCENT
      return `${most === null ? 'not known' : `max_speakers ${most}`}: ${percent.toFixed(1)} (${worst.toFixed(0)})`
    })
    console.log(`        ${CHUNK_S} s / ${String(overlapS).padStart(3)} s   ${cells.join('   ')}`)
  }
  console.log(`\n        at least ${LEAST_PERCENT} with 300 s / 120 s and max_speakers 4\n`)
  return isFine
}

/** Seconds that end up with the right speaker under the best map of speakers. */
function right(turns: readonly Turn[], overlapS: number, most: number | null, seed: number) {
  const stitched = stitchAll(turns, overlapS, most, seed)
  const given = createTracks(stitched)
  const shared = createTracks(turns).map(({ starts, ends }) =>
    given.map((track) =>
      starts.reduce((sum, start, at) => sum + sharedSeconds(track, start, ends[at] ?? start), 0),
    ),
  )
  const pairs = assign(shared)
  const seconds = pairs.reduce((sum, column, row) => sum + (shared[row]?.[column] ?? 0), 0)
  return { right: seconds, all: lengthOf(turns) }
}

/** Chunks with labels of their own, each as a perfect diarizer would give them. */
function stitchAll(turns: readonly Turn[], overlapS: number, most: number | null, seed: number) {
  const { uniform } = createChance(seed + 7)
  const untilS = turns.reduce((latest, { end }) => Math.max(latest, end), 0)
  const stitched: Turn[] = []
  let state = beginStitching(most)
  for (let start = 0; start === 0 || start + overlapS < untilS; start += CHUNK_S - overlapS) {
    const end = Math.min(untilS, start + CHUNK_S)
    const labels = new Map<string, string>()
    const own = turns
      .filter((turn) => turn.end > start && turn.start < end)
      .map((turn) => {
        const label = labels.get(turn.speaker) ?? `label_${Math.floor(1e9 * uniform())}`
        labels.set(turn.speaker, label)
        return { start: Math.max(start, turn.start), end: Math.min(end, turn.end), speaker: label }
      })
    const { next, turns: given } = stitchChunk(state, { start_s: start, end_s: end, turns: own })
    state = next
    stitched.push(...given)
  }
  return stitched
}

/** Speech time of all speakers; who talks over herself counts once. */
const lengthOf = (turns: readonly Turn[]): number =>
  createTracks(turns).reduce((sum, track) => sum + sharedSeconds(track, 0, Number.MAX_VALUE), 0)

/** Share of the time in which anybody speaks that several do. */
function overlapOf(meetings: readonly (readonly Turn[])[]): number {
  let [several, any] = [0, 0]
  for (const turns of meetings) {
    const edges = createTracks(turns).flatMap(({ starts, ends }) => [
      ...Array.from(starts, (time) => ({ time, step: 1 })),
      ...Array.from(ends, (time) => ({ time, step: -1 })),
    ])
    edges.sort((a, b) => a.time - b.time)
    let speaking = 0
    edges.forEach(({ time, step }, index) => {
      const before = edges[index - 1]?.time ?? time
      if (speaking >= 1) any += time - before
      if (speaking >= 2) several += time - before
      speaking += step
    })
  }
  return several / any
}
