const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `61.2 GB`; powers of 1000, as disks are sold. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  const digits = power < 3 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[power]}`
}

/** `3 min 50 s`, `2 h 10 min`, `41 days`: the two largest units, the second only where it matters. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 3600) return pair(s, 60, 'min', 1, 's')
  if (s < 86_400) return pair(s, 3600, 'h', 60, 'min')
  const days = Math.floor(s / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

/** `12 s ago`, from how long ago it was. */
export function formatAgo(seconds: number): string {
  if (seconds < 1.5) return 'just now'
  if (seconds < 60) return `${Math.floor(seconds)} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${formatSeconds(seconds)} ago`
}

/** `14:03:22`, with the date where it is not today. */
export function formatTime(at: number | string, now = Date.now()): string {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date(now).toDateString()
  const time = date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  if (isToday) return time
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`
}

/** `14:03` */
export const formatClock = (at: number | string): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

/** `262,144` */
export const formatNumber = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1 })

/** A phrase as a sentence: `nothing answers` becomes `Nothing answers.` */
export function sentence(phrase: string): string {
  const text = phrase.charAt(0).toUpperCase() + phrase.slice(1)
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** `1 job`, `3 jobs` */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${formatNumber(n)} ${n === 1 ? one : many}`

function pair(total: number, large: number, largeName: string, small: number, smallName: string) {
  const whole = Math.floor(total / large)
  const rest = Math.floor((total % large) / small)
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`
}
