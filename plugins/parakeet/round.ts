/** Seconds to the millisecond: no server hears more exactly. */
export const round = (seconds: number): number => Math.round(seconds * 1000) / 1000
