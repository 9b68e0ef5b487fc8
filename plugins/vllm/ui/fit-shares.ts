import { formatBytes, type Share } from '#ui'
import type { FitPlace } from '../fit/fit-view.ts'

/** The sum of one GPU's memory as parts of a whole, in the owner's words. */
export function sharesOf(place: FitPlace): Share[] {
  const bytes = (name: FitPlace['terms'][number]['name']) =>
    place.terms.find((term) => term.name === name)?.bytes ?? 0
  const taken = Math.max(place.need_bytes, place.asks_bytes)
  const left = place.room_bytes - taken
  const share = (label: string, value: number, look: Share['look'], about = ''): Share[] =>
    value > 0 ? [{ label, value, text: `${about}${formatBytes(value)}`, look }] : []
  return [
    ...share('Weights', bytes('weights'), 'main'),
    ...share('Cache of one full conversation', bytes('cache'), 'second'),
    ...share('Cache of further conversations', taken - place.need_bytes, 'fourth'),
    ...share('The engine itself', bytes('overhead'), 'third', 'about '),
    ...share(othersOf(place), place.total_bytes - place.room_bytes, 'other'),
    ...(left >= 0 ? share('Free', left, 'rest') : share('Missing', -left, 'missing')),
  ]
}

/** Who has the rest; on a machine whose GPU shares its memory the system is among them. */
function othersOf({ gpu, others }: FitPlace): string {
  const named = others.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`)
  const rest = gpu === null ? 'The system and other programs' : 'Others'
  return named.length > 0 ? `${rest}, of it ${named.join(', ')}` : rest
}
