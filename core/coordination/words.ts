const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** `2 hours 10 minutes`, `45 seconds`: the two largest units. */
export function lasting(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  const at = UNITS.findIndex(([, length]) => whole >= length)
  const [[name, length] = ['second', 1], smaller] = UNITS.slice(at)
  const first = counted(Math.floor(whole / length), name)
  const rest = smaller ? Math.floor((whole % length) / smaller[1]) : 0
  return smaller && rest > 0 ? `${first} ${counted(rest, smaller[0])}` : first
}

/** `2 minutes ago`; `just now` below a minute. */
export const ago = (seconds: number): string =>
  seconds < 60 ? 'just now' : `${lasting(seconds).split(' ').slice(0, 2).join(' ')} ago`

const counted = (n: number, name: string): string => `${n} ${name}${n === 1 ? '' : 's'}`
