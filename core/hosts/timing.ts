/** Time limits of a connection, in ms; tests shrink them. */
export interface Timing {
  connectMs: number
  /** A dead peer is noticed after keepaliveMs × (keepaliveCount + 1). */
  keepaliveMs: number
  keepaliveCount: number
  /** After TERM, before KILL; and after KILL, before it is given up. */
  killGraceMs: number
  /** First and longest pause after a failed connect. */
  backoffMs: { first: number; longest: number }
}

export const TIMING: Timing = {
  connectMs: 10_000,
  // 1 s gives false alarms on a busy link
  keepaliveMs: 10_000,
  keepaliveCount: 3,
  killGraceMs: 3_000,
  backoffMs: { first: 1_000, longest: 30_000 },
}
