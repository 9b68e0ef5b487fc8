/** `61 GB`, as owners count. */
export const gigabytes = (bytes: number): string =>
  bytes < 10e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e9)} GB`

/** The same, for what may be small: `340 MB`. */
export const volume = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : gigabytes(bytes)

/** `3 min 50 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`
}

/** What may take hours: `2 h 40 min`. */
export function long(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return minutes < 2 ? duration(seconds) : `${minutes} min`
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
}

/** `about 4 minutes`. */
export function roughly(seconds: number): string {
  if (seconds < 50) return `about ${Math.max(1, Math.round(seconds / 10)) * 10} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes === 1 ? 'about 1 minute' : `about ${minutes} minutes`
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `3 requests are` / `1 request is`. */
export const countRequests = (count: number): string =>
  count === 1 ? '1 request is' : `${count} requests are`
