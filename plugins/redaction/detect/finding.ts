import type { EntityType } from '../entity-types.ts'

export type Layer = 'rule' | 'tagger' | 'list' | 'propagated' | 'residual' | 'model'

/** What must be masked: offsets in UTF-16 units into the text as it was given. */
export interface Finding {
  start: number
  end: number
  type: EntityType
  layer: Layer
  /** 0 to 1, where the layer has one. */
  score?: number
}

/** An entity of the same session, as it was written there. */
export interface KnownEntity {
  type: EntityType
  surface: string
}

export interface DetectContext {
  mode: 'strict' | 'balanced'
  /** Entities of the session; what is made of a list is kept for the next call with the same one. */
  known?: readonly KnownEntity[]
  /** Those that came to it since. */
  added?: readonly KnownEntity[]
  /** Terms of this call, besides those of the detector. */
  deny?: readonly string[]
  allow?: readonly string[]
  /** Countries by ISO 3166-1 alpha-2; they choose labels, never whether a number is masked. */
  regions?: readonly string[]
}

export interface Detector {
  /** Merged, disjoint and sorted. */
  detect(text: string, context: DetectContext): Finding[]
}

/** What a layer proposes, before overlaps are merged. The heavier one gives a merged finding its label. */
export interface Candidate extends Finding {
  weight: number
}

/** How much a label is believed. A checksum that holds beats a shape, a shape beats a guess. */
export const WEIGHT = {
  residual: 0,
  /** Long enough to name something. */
  weak: 15,
  shape: 20,
  tagger: 30,
  /** Found again in the text it was first guessed in. */
  repeated: 29,
  /** A shape that little else has. */
  likely: 36,
  list: 45,
  context: 50,
  /** Known to the session, so that it keeps its label. */
  known: 58,
  exact: 60,
  checked: 70,
} as const
