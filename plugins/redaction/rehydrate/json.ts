import {
  type Known,
  type RestoreCounts,
  type RestoreOptions,
  Restorer,
  restoreText,
} from './restorer.ts'

/** Restores every string and key of a value. A string that stands for a number becomes it again. */
export function restoreJson(
  value: unknown,
  known: Known,
  options: RestoreOptions,
  counts: RestoreCounts,
): unknown {
  const text = (given: string, format = options.format): string =>
    restoreText(given, known, { ...options, format }, counts)
  const walk = (given: unknown, key = '', depth = 0): unknown => {
    if (typeof given === 'string') {
      // the arguments of a tool are JSON inside a string
      if (key === 'arguments' && isJsonText(given)) return text(given, 'json')
      return numberOf(given, known, options, counts) ?? text(given)
    }
    if (typeof given !== 'object' || given === null || depth > DEEPEST) return given
    if (Array.isArray(given)) return given.map((item) => walk(item, key, depth + 1))
    return Object.fromEntries(
      Object.entries(given).map(([name, item]) => {
        // a name may have been masked, too, and what it says decides how its value is read
        const restored = text(name)
        return [restored, walk(item, restored, depth + 1)]
      }),
    )
  }
  return walk(value)
}

/** As when it was scrubbed: an object or a list, and whole. */
export function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // then it is a text like any other
    return false
  }
}

/** Deeper than anything that was scrubbed. */
const DEEPEST = 200

function numberOf(
  given: string,
  known: Known,
  options: RestoreOptions,
  counts: RestoreCounts,
): number | undefined {
  if (!/^\[\[[A-Z]+\d+[0-9A-Z]{2}\]\]$/.test(given)) return undefined
  const restorer = new Restorer(known, { ...options, format: 'json' })
  const literal = restorer.push(`"${given}"`) + restorer.end()
  if (restorer.counts.exact !== 1 || literal.startsWith('"')) return undefined
  counts.exact++
  return Number(literal)
}
