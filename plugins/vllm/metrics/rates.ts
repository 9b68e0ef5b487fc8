import type { MetricFamily } from '#core'
import { sumOf } from './engine-metrics.ts'

/** What an engine had counted at a moment; absent: it does not count that. */
export interface Tally {
  atMs: number
  /** Tokens written. */
  written?: number
  /** Tokens of prompts. */
  read?: number
  /** Of these, what was in the cache and cost no time. */
  cached?: number
  /** Requests that had their first token, and the seconds they all waited for it. */
  first?: number
  firstSeconds?: number
}

/** Speeds of an engine; absent: not known. */
export interface Rates {
  decode_tokens_per_s?: number
  prefill_tokens_per_s?: number
  /** The mean wait for the first token. */
  first_token_s?: number
}

/** Speeds are of the last half minute, since a prompt is counted at once when it has been read. */
const SPEED_WINDOW_MS = 30_000
/** Waits for the first token are of the last five minutes: requests may be rare. */
const WAIT_WINDOW_MS = 300_000
const MAX_TALLIES = 200

/** The counters of a page of metrics, all engines of the server together. */
export function tallyOf(families: readonly MetricFamily[], atMs: number): Tally {
  const ttft = 'vllm:time_to_first_token_seconds'
  const found = {
    written: sumOf(families, 'vllm:generation_tokens_total'),
    read: sumOf(families, 'vllm:prompt_tokens_total'),
    cached: sumOf(families, 'vllm:prompt_tokens_cached_total'),
    first: sumOf(families, ttft, '_count'),
    firstSeconds: sumOf(families, ttft, '_sum'),
  }
  const counted = Object.entries(found).filter(([, value]) => value !== undefined)
  return { atMs, ...Object.fromEntries(counted) }
}

/**
 * `tallies` with one more, without what no window reaches. A counter that is lower than before, or
 * gone, was reset with its engine: what was counted before it then says nothing any more.
 */
export function addTally(tallies: readonly Tally[], next: Tally): Tally[] {
  const last = tallies.at(-1)
  if (!last || isReset(last, next)) return [next]
  const young = tallies.filter(({ atMs }) => next.atMs - atMs <= WAIT_WINDOW_MS)
  return [...young, next].slice(-MAX_TALLIES)
}

const COUNTERS = ['written', 'read', 'cached', 'first', 'firstSeconds'] as const

const isReset = (last: Tally, next: Tally): boolean =>
  next.atMs <= last.atMs ||
  COUNTERS.some((key) => last[key] !== undefined && (next[key] ?? -1) < last[key])

/** The speeds between the tallies; none from a single one. */
export function ratesOf(tallies: readonly Tally[]): Rates {
  const last = tallies.at(-1)
  if (!last) return {}
  const since = (windowMs: number) => tallies.find(({ atMs }) => last.atMs - atMs <= windowMs)
  const speed = since(SPEED_WINDOW_MS)
  const wait = since(WAIT_WINDOW_MS)
  const seconds = speed ? (last.atMs - speed.atMs) / 1000 : 0
  const written = growth('written', speed, last)
  const read = growth('read', speed, last)
  const first = growth('first', wait, last)
  const waited = growth('firstSeconds', wait, last)
  return {
    ...(written !== undefined && seconds > 0 && { decode_tokens_per_s: round(written / seconds) }),
    ...(read !== undefined &&
      seconds > 0 && {
        prefill_tokens_per_s: round((read - (growth('cached', speed, last) ?? 0)) / seconds),
      }),
    ...(first &&
      waited !== undefined && { first_token_s: Math.round((waited / first) * 1000) / 1000 }),
  }
}

function growth(key: (typeof COUNTERS)[number], from: Tally | undefined, to: Tally) {
  const [before, after] = [from?.[key], to[key]]
  return before === undefined || after === undefined ? undefined : after - before
}

const round = (value: number): number => Math.max(0, Math.round(value * 10) / 10)
