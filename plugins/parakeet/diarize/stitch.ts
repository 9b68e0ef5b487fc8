import { createTracks, sharedSeconds, type Track } from '../merge/tracks.ts'
import { round } from '../round.ts'
import type { Turn } from '../turns.ts'
import { assign } from './assign.ts'

/** A speaker of the whole recording. */
export interface KnownSpeaker {
  id: string
  /** End of her last turn so far, in seconds. */
  last_s: number
}

/** What is remembered between chunks; everything in seconds from the beginning of the recording. */
export interface Stitching {
  /** How many speakers there are at most, if that is known. */
  max_speakers: number | null
  speakers: KnownSpeaker[]
  /** Until where turns were given out. */
  until_s: number
  /** Turns of the last minutes, with the ids of `speakers`. */
  tail: Turn[]
}

/** A chunk's turns with labels of its own, as the diarizer gave them, in seconds of the recording. */
export interface Chunk {
  start_s: number
  end_s: number
  turns: readonly Turn[]
}

/** How a label of a chunk came to its speaker. */
export interface Link {
  label: string
  speaker: string
  /** Seconds both were heard in, where the chunks overlap. */
  overlap_s: number
  /**
   * `overlap`: heard in the chunk before, too; `elimination`: the only one left of `max_speakers`;
   * `guess`: of those left the one heard last; `new`: nobody known fits.
   */
  by: 'overlap' | 'elimination' | 'guess' | 'new'
}

export interface Stitched {
  /** What the next chunk needs. */
  next: Stitching
  /** Turns after those that were given out before. */
  turns: Turn[]
  links: Link[]
}

/** Less time heard together is chance. */
const LEAST_OVERLAP_S = 0.2

/** As far as the next chunk may reach back, and as much of it. */
const TAIL_S = 600
const TAIL_TURNS = 10_000

export const beginStitching = (maxSpeakers: number | null): Stitching => ({
  max_speakers: maxSpeakers,
  speakers: [],
  until_s: 0,
  tail: [],
})

/**
 * Gives the labels of a chunk the speakers of the recording: all at once, so that the time heard
 * together is most (Hungarian algorithm). Who was silent in the overlap is a new speaker, or one of
 * those left once there are `max_speakers`.
 */
export function stitchChunk(before: Stitching, chunk: Chunk): Stitched {
  const labels = [...new Set(chunk.turns.map(({ speaker }) => speaker))]
  const links = linkLabels(before, chunk, labels)
  const speakerOf = new Map(links.map(({ label, speaker }) => [label, speaker]))
  const turns = chunk.turns
    .map((turn) => ({ ...turn, speaker: speakerOf.get(turn.speaker) ?? turn.speaker }))
    .map((turn) => ({ ...turn, start: Math.max(turn.start, before.until_s) }))
    .filter(({ start, end }) => end > start)
  const until = Math.max(before.until_s, chunk.end_s)
  const tail = [...before.tail, ...turns].filter(({ end }) => end > until - TAIL_S)
  const speakers = heard(before.speakers, links, turns)
  return {
    next: { ...before, speakers, until_s: until, tail: tail.slice(-TAIL_TURNS) },
    turns,
    links,
  }
}

function linkLabels(before: Stitching, chunk: Chunk, labels: readonly string[]): Link[] {
  const ids = before.speakers.map(({ id }) => id)
  const known = new Map(createTracks(before.tail).map((track) => [track.speaker, track]))
  const own = new Map(createTracks(chunk.turns).map((track) => [track.speaker, track]))
  const shared = labels.map((label) => ids.map((id) => together(own.get(label), known.get(id))))
  const pairs = assign(shared.map((row) => row.map((s) => (s > LEAST_OVERLAP_S ? s : 0))))
  const links = labels.map((label, row): Link | undefined => {
    const column = pairs[row] ?? -1
    const speaker = ids[column]
    if (speaker === undefined) return undefined
    return { label, speaker, overlap_s: round(shared[row]?.[column] ?? 0), by: 'overlap' }
  })
  return linkRest(before, labels, links)
}

/** Links those that no overlap speaks for. */
function linkRest(
  { max_speakers, speakers }: Stitching,
  labels: readonly string[],
  links: readonly (Link | undefined)[],
): Link[] {
  const taken = new Set(links.flatMap((link) => (link ? [link.speaker] : [])))
  const free = speakers
    .filter(({ id }) => !taken.has(id))
    .sort((a, b) => b.last_s - a.last_s)
    .map(({ id }) => id)
  const unlinked = links.filter((link) => link === undefined).length
  // where the number of speakers is known, one who was silent for a while comes back more often than
  // another one comes in
  const comeBack = max_speakers !== null && unlinked <= free.length
  let count = speakers.length
  return labels.map((label, index) => {
    const link = links[index]
    if (link) return link
    const isFull = max_speakers !== null && count >= max_speakers
    const isOnly = isFull && free.length === 1 && unlinked === 1
    const speaker = comeBack || isFull ? free.shift() : undefined
    if (speaker !== undefined) {
      return { label, speaker, overlap_s: 0, by: isOnly ? 'elimination' : 'guess' }
    }
    // perhaps more speak in this chunk alone than there are said to be
    count += 1
    return { label, speaker: `speaker_${count}`, overlap_s: 0, by: 'new' }
  })
}

/** Seconds in which both were heard. */
function together(a: Track | undefined, b: Track | undefined): number {
  if (!a || !b) return 0
  return a.starts.reduce(
    (sum, start, index) => sum + sharedSeconds(b, start, a.ends[index] ?? start),
    0,
  )
}

function heard(
  before: readonly KnownSpeaker[],
  links: readonly Link[],
  turns: readonly Turn[],
): KnownSpeaker[] {
  const last = new Map(before.map(({ id, last_s }) => [id, last_s]))
  for (const { speaker } of links) last.set(speaker, last.get(speaker) ?? 0)
  for (const { speaker, end } of turns) last.set(speaker, Math.max(last.get(speaker) ?? 0, end))
  return [...last].map(([id, last_s]) => ({ id, last_s }))
}
