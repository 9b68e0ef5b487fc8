import type { FoundModel } from './read-models.ts'

/** A model of models.yaml with what its overrides say otherwise. */
export interface JoinedModel extends FoundModel {
  /** Names of the fields an override changed or added. */
  overridden: string[]
}

/**
 * Lays overrides over the entries. One is for the entry of its id, else for the only one that has its
 * id as a field, as where overrides go by repository; any other is a model of its own.
 */
export function joinModels(
  models: readonly FoundModel[],
  overrides: readonly FoundModel[],
): JoinedModel[] {
  const joined = new Map<string, JoinedModel>()
  // PyYAML takes the last of two
  for (const model of models)
    joined.set(model.id, { ...model, fields: new Map(model.fields), overridden: [] })
  for (const { id, place, fields } of overrides) {
    const naming = [...joined.values()].filter((each) =>
      [...each.fields.values()].some(({ value }) => value === id),
    )
    const base = joined.get(id) ?? (naming.length === 1 ? naming[0] : undefined)
    if (!base) {
      joined.set(id, { id, place, fields: new Map(fields), overridden: [...fields.keys()] })
      continue
    }
    for (const [name, field] of fields) base.fields.set(name, field)
    base.overridden.push(...fields.keys())
  }
  return [...joined.values()]
}
