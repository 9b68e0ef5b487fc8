export type Config = Record<string, unknown>

/**
 * JSON as model repos write it: bare Infinity and NaN (Nemotron) become null. Undefined when it
 * still is no object.
 */
export function parseConfig(text: string | undefined): Config | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(withoutBareNumbers(text))
    return isRecord(value) ? value : undefined
  } catch {
    // whatever is wrong with it, there is nothing to infer from
    return undefined
  }
}

/** Parts in which a model of several keeps the fields of its text model, each over the one before. */
const TEXT_PARTS = ['thinker_config', 'llm_config', 'language_config', 'text_config']
/** What names the whole model stays; the text part only fills it in. */
const WHOLE = ['model_type', 'architectures', 'quantization_config']

/** So deep may parts lie in one another; two is the most any model has. */
const MOST_PARTS = 8

/** The text model's fields over the top level's; null counts as absent. */
export function flattenConfig(config: Config, depth = 0): Config {
  const own = withoutNulls(config)
  const flat = { ...own }
  for (const name of TEXT_PARTS) {
    const part = config[name]
    if (isRecord(part) && depth < MOST_PARTS) Object.assign(flat, flattenConfig(part, depth + 1))
    delete flat[name]
  }
  for (const name of WHOLE) if (own[name] !== undefined) flat[name] = own[name]
  return flat
}

export const isRecord = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** No size in a config.json comes near it, and products of some such stay numbers. */
const MOST = 2 ** 40

/** A number above zero, of the first of these keys that has one; else undefined. */
export function positive(config: Config, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = config[key]
    if (typeof value === 'number' && value > 0 && value <= MOST) return value
  }
  return undefined
}

/** Longest name of a type, a format, a layer. */
const LONGEST_WORD = 100

/** A word as it stands there; '' for what is none. */
export const wordOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= LONGEST_WORD ? value : ''

/** Replaces Infinity, -Infinity and NaN outside strings. */
function withoutBareNumbers(text: string): string {
  if (!/Infinity|NaN/.test(text)) return text
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:Infinity|NaN)\b/g, (match) =>
    match.startsWith('"') ? match : 'null',
  )
}

const withoutNulls = (record: Config): Config =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
