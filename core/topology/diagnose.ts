import type { Mistake } from './mistakes.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import { dotted, parentOf } from './pointer.ts'
import type { Diagnostic } from './topology.ts'

/** What a diagnostic is placed with. */
export interface Placing {
  file: string
  text: string
  places: ParsedYaml['places']
  /** Values that the quoted line must not show. */
  secrets: ReadonlySet<string>
}

/** Places mistakes in the file: line, column and the line itself, sorted as they stand there. */
export function diagnose(mistakes: readonly Mistake[], placing: Placing): Diagnostic[] {
  const starts = lineStarts(placing.text)
  return mistakes
    .map((mistake) => ({ mistake, offset: offsetOf(mistake, placing.places) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ mistake, offset }) => {
      const index = lineIndexOf(starts, offset)
      const start = starts[index] ?? 0
      const line = placing.text.slice(start, starts[index + 1]).replace(/\r?\n$/, '')
      const source = quotable(line, placing.secrets)
      return {
        severity: mistake.severity ?? 'error',
        code: mistake.code,
        file: placing.file,
        line: index + 1,
        column: Math.min(offset - start, line.length) + 1,
        path: dotted(mistake.at),
        // a kind's own check may quote a value it was given
        message: blotOut(mistake.message, placing.secrets),
        ...(mistake.hint !== undefined && { hint: blotOut(mistake.hint, placing.secrets) }),
        ...(source !== undefined && { source }),
      }
    })
}

/** The value's offset, or the key's; what is not there is shown at what it is missing from. */
function offsetOf(mistake: Mistake, places: ParsedYaml['places']): number {
  if (mistake.offset !== undefined) return mistake.offset
  for (let at = mistake.at; ; at = parentOf(at)) {
    const place = places.get(at)
    const isHere = at === mistake.at
    if (place) return isHere && !mistake.isAboutKey ? place.offset : place.keyOffset
    if (at === '') return 0
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The last line that begins at or before the offset. */
function lineIndexOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Longer lines are no help to look at. */
const LONGEST_LINE = 400

/** The line with every secret blotted out, of the same length so that columns still fit. */
function quotable(line: string, secrets: ReadonlySet<string>): string | undefined {
  if (line.length > LONGEST_LINE) return undefined
  let shown = line.replace(SECRET_AND_VALUE, (whole, key: string, value: string) =>
    /^["']?\$\{/.test(value) ? whole : key + blot(value),
  )
  shown = shown.replace(/(?<=\/\/)[^/\s@]+(?=@)/g, blot)
  return blotOut(shown, secrets)
}

/** Told by the name of its key; the tree may be too broken to say more. */
const SECRET_AND_VALUE =
  /((?:api[_-]?key|token|secret|password|passwd)s?["']?\s*:\s*)((?:"[^"]*"?|'[^']*'?|[^,}\]])[^,}\]]*)/gi
function blotOut(text: string, secrets: ReadonlySet<string>): string {
  let blotted = text
  for (const secret of secrets) blotted = blotted.replaceAll(secret, blot(secret))
  return blotted
}

const blot = (text: string): string => '•'.repeat(text.length)
