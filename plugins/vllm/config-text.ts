/**
 * JSON as model repos write it: bare Infinity and NaN (Nemotron) become null. Undefined when it
 * still is no object.
 */
export function parseConfig(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(withoutBareNumbers(text))
    return isRecord(value) ? value : undefined
  } catch {
    // whatever is wrong with it, there is nothing to infer from
    return undefined
  }
}

/** The text model's fields over the top level's; null counts as absent. */
export function flattenConfig(config: Record<string, unknown>): Record<string, unknown> {
  const flat = withoutNulls(config)
  for (const name of ['thinker_config', 'llm_config', 'language_config', 'text_config']) {
    const inner = config[name]
    if (!isRecord(inner)) continue
    Object.assign(flat, withoutNulls(isRecord(inner.text_config) ? inner.text_config : inner))
  }
  // the whole model's type and architecture name it, not its text part
  if (typeof config.model_type === 'string') flat.model_type = config.model_type
  if (Array.isArray(config.architectures)) flat.architectures = config.architectures
  return flat
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Replaces Infinity, -Infinity and NaN outside strings. */
function withoutBareNumbers(text: string): string {
  if (!/Infinity|NaN/.test(text)) return text
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:Infinity|NaN)\b/g, (match) =>
    match.startsWith('"') ? match : 'null',
  )
}

const withoutNulls = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
