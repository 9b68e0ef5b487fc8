import { UrlWatch } from '../rehydrate/url-watch.ts'
import type { LeafView, Mask } from './leaf.ts'

/**
 * Masks in order, disjoint, none of them empty: overlaps, and a letter or two beside a mask, become one
 * over their union, named after the longer; no mask begins or ends in blanks or inside a character; a name is masked whole.
 */
export function settle(view: LeafView, masks: readonly Mask[]): Mask[] {
  const [first] = masks
  if (!first) return []
  if (view.isWhole) return [{ ...longest(masks), start: 0, end: view.text.length }]
  const whole = masks.map((mask) => trim(view.text, mask)).filter(({ start, end }) => end > start)
  return withinUrls(view.text, unite(whole))
}

function unite(masks: readonly Mask[]): Mask[] {
  const sorted = masks.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const united: Mask[] = []
  for (const mask of sorted) {
    const last = united.at(-1)
    if (!last || mask.start > last.end || (mask.start === last.end && !isRest(last, mask)))
      united.push(mask)
    else {
      const end = Math.max(last.end, mask.end)
      united[united.length - 1] = { ...longest([last, mask]), start: last.start, end }
    }
  }
  return united
}

/** What one look left of a value for the next; as a value of its own it would be masked in every word. */
const REST = 2

const isRest = (...masks: [Mask, Mask]): boolean =>
  masks.some(({ start, end }) => end - start <= REST)

const longest = (masks: readonly Mask[]): Mask =>
  masks.reduce((best, mask) => (mask.end - mask.start > best.end - best.start ? mask : best))

function trim(text: string, mask: Mask): Mask {
  let { start, end } = mask
  while (start < end && isBlank(text, start)) start++
  while (end > start && isBlank(text, end - 1)) end--
  if (isInsideCharacter(text, start)) start--
  if (isInsideCharacter(text, end)) end++
  return { ...mask, start, end }
}

const isBlank = (text: string, at: number): boolean => /\s/.test(text[at] ?? '')

/** Between the two halves of a surrogate pair. */
const isInsideCharacter = (text: string, at: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1))

/**
 * Nothing is restored inside a URL; so that what was given in comes back, a mask there is extended to
 * where the URL begins and becomes one.
 */
function withinUrls(text: string, masks: readonly Mask[]): Mask[] {
  const watch = new UrlWatch()
  const placed: Mask[] = []
  let at = 0
  for (const mask of masks) {
    watch.read(text.slice(at, mask.start))
    const isFirst = mask.type === 'URL' && watch.isAtStart
    if (watch.isInside && !isFirst) {
      const start = watch.runStart
      while ((placed.at(-1)?.end ?? 0) > start) placed.pop()
      placed.push({ ...mask, type: 'URL', start })
    } else placed.push(mask)
    watch.pass(mask.end - mask.start, placed.at(-1)?.type === 'URL')
    at = mask.end
  }
  return placed
}
