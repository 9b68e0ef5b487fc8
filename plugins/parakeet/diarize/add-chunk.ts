import { ControlError } from '#core'
import { badField, speechError } from '../errors.ts'
import type { Turn } from '../turns.ts'
import type { ChunkPlace, StitchedChunk } from './api.ts'
import type { Session, Sessions } from './sessions.ts'
import { type Link, stitchChunk } from './stitch.ts'

/** More turns than anybody takes in one chunk, and more people than take part in a recording. */
const MOST_TURNS = 5_000
const MOST_SPEAKERS = 500

export interface HeardChunk {
  place: ChunkPlace
  /** In seconds of the chunk, with labels of its own. */
  turns: readonly Turn[]
  /** Length of its audio, where known. */
  durationS: number | undefined
  /** How many speakers the diarizer can tell apart at a time. */
  mostTold: number
}

/** The session a chunk belongs to. Throws SESSION_UNKNOWN, SESSIONS_FULL and VALIDATION. */
export function sessionOf(place: ChunkPlace, sessions: Sessions): Session {
  if (place.session === undefined) return sessions.begin(place.max_speakers ?? null)
  const session = sessions.find(place.session)
  const { max_speakers } = session.stitching
  if (place.max_speakers !== undefined && place.max_speakers !== max_speakers) {
    throw badField('max_speakers', `was ${max_speakers ?? 'not given'} in the first chunk`)
  }
  return session
}

/**
 * Adds a chunk to its recording and keeps what the next one needs, without waiting in between, so that
 * of two that come at once both count. The last chunk sent again is answered as before. Throws
 * CHUNK_OUT_OF_ORDER and VALIDATION, too.
 */
export function addChunk(heard: HeardChunk, sessions: Sessions): StitchedChunk {
  const { place, turns, durationS } = heard
  if (turns.length > MOST_TURNS) throw badField('turns', `has more than ${MOST_TURNS} turns`)
  const session = sessionOf(place, sessions)
  const start_s = place.start_s ?? (session.last === null ? 0 : undefined)
  if (start_s === undefined)
    throw badField('start_s', 'is missing; it is needed after the first chunk')
  const lastS = turns.reduce((latest, { end }) => Math.max(latest, end), 0)
  const end_s = place.end_s ?? start_s + (durationS ?? lastS)
  const { last, stitching } = session
  if (last && last.start_s === start_s && last.end_s === end_s) return last.answer
  checkOrder(session, start_s, end_s)
  const ofRecording = turns
    .map(({ start, end, speaker }) => ({
      ...{ start: start_s + start, end: Math.min(start_s + end, end_s), speaker },
    }))
    .filter(({ start, end }) => end > start)
  const stitched = stitchChunk(stitching, { start_s, end_s, turns: ofRecording })
  const { next, links } = stitched
  if (next.speakers.length > MOST_SPEAKERS) {
    throw badField('turns', `make more than ${MOST_SPEAKERS} speakers of one recording`)
  }
  const touched = { ...session, stitching: next, touched_at_ms: sessions.now() }
  // the first chunk has nobody to be linked with
  const unlinked = last ? links.filter(({ by }) => by === 'guess' || by === 'new') : []
  const isApart = last !== null && start_s >= stitching.until_s
  const answer: StitchedChunk = {
    session: session.id,
    expires_at: sessions.expiresAt(touched),
    start_s,
    until_s: next.until_s,
    turns: stitched.turns,
    speakers: next.speakers.map(({ id }) => id),
    links,
    unlinked: unlinked.map(({ speaker }) => speaker),
    warnings: [
      ...warnOfMost(links.length, heard.mostTold),
      ...(isApart ? [`Nothing before ${start_s} s is in this chunk, so nothing links them.`] : []),
      ...unlinked.map(inWords),
    ],
  }
  sessions.keep({ ...touched, last: { start_s, end_s, answer } })
  return answer
}

function checkOrder({ last, stitching }: Session, start_s: number, end_s: number): void {
  if (end_s <= start_s) {
    throw new ControlError('VALIDATION', `end_s is ${end_s}, not after start_s ${start_s}.`, {
      hint: 'A chunk without any turn needs end_s.',
      details: [{ path: 'end_s', message: `is ${end_s}, not after start_s ${start_s}` }],
    })
  }
  if (!last || (start_s > last.start_s && end_s > stitching.until_s)) return
  throw speechError(
    'CHUNK_OUT_OF_ORDER',
    `The chunk from ${start_s} s to ${end_s} s does not follow the last one, from ${last.start_s} s to ${last.end_s} s.`,
    { hint: 'Send chunks in their order, each beginning inside the one before.' },
  )
}

/** The warning that a diarizer may have taken several speakers for one. */
export const warnOfMost = (speakers: number, mostTold: number): string[] =>
  speakers < mostTold
    ? []
    : [
        `${speakers} speakers were found, and the diarizer tells ${mostTold} apart at a time: if there are more, some of them share a label.`,
      ]

function inWords({ speaker, by }: Link): string {
  if (by === 'guess') return `${speaker} was silent in the overlap: that it is the same is a guess.`
  return `${speaker} is new, or was silent in the overlap: nothing links it to those before.`
}
