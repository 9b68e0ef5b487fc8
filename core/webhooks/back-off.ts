/** After how long a delivery is given up. */
export const GIVE_UP_MS = 24 * 3_600_000
/** Failures in a row after which a receiver is left in peace but for one attempt at a time. */
export const FAILURES_FOR_OPEN = 5

const FIRST_MS = 5_000
/** The longest pause between two attempts. */
export const LONGEST_MS = 30 * 60_000

/**
 * The pause after so many failures: 5 s, doubled each time up to half an hour, and of that a random
 * part between half and all, so that many senders do not come back at the same moment.
 */
export function pauseMs(failures: number, random: number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
  return Math.round(fullMs * (0.5 + random / 2))
}

/** What a receiver asks for by `Retry-After: <seconds>`, at most the longest pause. */
export function askedPauseMs(header: string | undefined): number {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(LONGEST_MS, Number(header) * 1000)
    : 0
}
