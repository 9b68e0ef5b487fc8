import type { EntityType } from '../../entity-types.ts'

/** What the tagger tells apart. Label 0 is outside; type t begins with 2t + 1 and goes on with 2t + 2. */
export const TAGGED = [
  'PERSON',
  'ORG',
  'LOCATION',
  'ADDRESS',
  'NRP',
  'TITLE',
] as const satisfies EntityType[]

export type Tagged = (typeof TAGGED)[number]

export const LABELS = TAGGED.length * 2 + 1

export const beginOf = (type: Tagged): number => TAGGED.indexOf(type) * 2 + 1

export const typeOf = (label: number): Tagged | null => TAGGED[(label - 1) >> 1] ?? null

/** An inside label counts only behind its own type. */
export const follows = (label: number, previous: number): boolean =>
  label === 0 || label % 2 === 1 || previous === label || previous === label - 1
