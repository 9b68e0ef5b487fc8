import { Value } from '#core'
import { badField } from '../errors.ts'
import type { Fields } from '../upload/read-form.ts'
import { ChunkPlace } from './api.ts'

/** Where a chunk belongs, by the query and by fields of its form, which count more. Throws VALIDATION. */
export function readPlace(query: Record<string, unknown>, fields: Fields): ChunkPlace {
  const names = Object.keys(ChunkPlace.properties)
  const given = [...Object.entries(query), ...fields].filter(
    ([name, value]) => names.includes(name) && value !== undefined && value !== '',
  )
  const place = Value.Convert(ChunkPlace, Object.fromEntries(given))
  const [mistake] = Value.Errors(ChunkPlace, place)
  if (!mistake) return place as ChunkPlace
  throw badField(mistake.path.slice(1), `is ${JSON.stringify(mistake.value)}: ${mistake.message}`)
}
