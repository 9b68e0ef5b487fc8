import { type FieldName, NAMES, UNUSED } from './fields.ts'

/** Everything said while an entry of models.yaml is read. */
export interface Reading {
  fields: ReadonlyMap<string, unknown>
  overridden: ReadonlySet<string>
  understood: Set<string>
  checks: Record<string, string>
  notes: { field?: string; text: string }[]
  /** The first field of these names that is there and fits; then it counts as understood. */
  take<T>(name: FieldName | readonly string[], fits: (value: unknown) => value is T): T | undefined
}

export function createReading(
  fields: ReadonlyMap<string, unknown>,
  overridden: ReadonlySet<string>,
): Reading {
  const understood = new Set<string>()
  return {
    ...{ fields, overridden, understood, checks: {}, notes: [] },
    take(name, fits) {
      const names: readonly string[] = typeof name === 'string' ? NAMES[name] : name
      for (const field of names) {
        const value = fields.get(field)
        if (!fits(value)) continue
        understood.add(field)
        return value
      }
      return undefined
    },
  }
}

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== ''
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0
export const isScalar = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'
export const isThere = (value: unknown): value is NonNullable<unknown> =>
  value !== undefined && value !== null

/** Fields without a use are understood all the same; those whose loss matters are told. */
export function takeUnused({ fields, understood, notes }: Reading): void {
  for (const field of fields.keys()) {
    const why = Object.hasOwn(UNUSED, field) ? UNUSED[field] : undefined
    if (why === undefined) continue
    understood.add(field)
    if (why !== '') notes.push({ field, text: `left out: ${why}` })
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a title is one line
export const oneLine = (text: string): string => text.replaceAll(/[\s\x00-\x1f\x7f]+/g, ' ').trim()
