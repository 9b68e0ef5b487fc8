import type { EntityType } from '../entity-types.ts'
import type { CheckOf } from './checks.ts'

/**
 * `[[PERSON1K7]]`: type, ordinal within the session, two keyed check characters. Doubled brackets and
 * no separator, since models and pipelines escape `<>`, `_` and `{}`, and wrap lines at `-`.
 */
export const placeholderOf = (type: EntityType, ordinal: number, checkOf: CheckOf): string =>
  `[[${bareOf(type, ordinal, checkOf)}]]`

/** The same without brackets, for names that may hold letters and digits only. */
export const bareOf = (type: EntityType, ordinal: number, checkOf: CheckOf): string =>
  `${type}${ordinal}${checkOf(ordinal)}`
