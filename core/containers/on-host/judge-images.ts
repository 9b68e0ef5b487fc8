/** An image as one host has it. */
export interface HostImage {
  host: string
  /** The first twelve digits; null: it is not there; undefined: the host could not be asked. */
  id: string | null | undefined
  created_at: string | null
}

export interface ImageVerdict {
  verdict: 'same' | 'differs' | 'missing' | 'alone' | 'unknown'
  /** In plain English: `same on both hosts`. */
  text: string
}

const DAY_MS = 86_400_000

/** Whether all hosts that need an image have the same one. */
export function judgeImages(images: readonly HostImage[], nowMs: number): ImageVerdict {
  const unasked = images.filter(({ id }) => id === undefined)
  const missing = images.filter(({ id }) => id === null)
  const there = images.filter(({ id }) => typeof id === 'string')
  const isOne = new Set(there.map(({ id }) => id)).size <= 1
  if (!isOne) {
    const each = there.map((image) => `${image.host} has ${image.id}${ageOf(image, nowMs)}`)
    return { verdict: 'differs', text: `differs: ${[...each, ...absent(missing)].join('; ')}` }
  }
  if (missing.length > 0) return { verdict: 'missing', text: absent(missing).join('; ') }
  if (unasked.length > 0)
    return { verdict: 'unknown', text: `${namesOf(unasked)} could not be asked` }
  if (images.length < 2) return { verdict: 'alone', text: 'needed on this host alone' }
  const which = images.length === 2 ? 'both' : `all ${images.length}`
  return { verdict: 'same', text: `same on ${which} hosts` }
}

const namesOf = (images: readonly HostImage[]): string => images.map(({ host }) => host).join(', ')

const absent = (missing: readonly HostImage[]): string[] =>
  missing.length === 0 ? [] : [`not on ${namesOf(missing)}`]

function ageOf({ created_at }: HostImage, nowMs: number): string {
  if (created_at === null) return ''
  const days = Math.floor((nowMs - Date.parse(created_at)) / DAY_MS)
  if (days < 1) return ', made today'
  return days === 1 ? ', a day old' : `, ${days} days old`
}
