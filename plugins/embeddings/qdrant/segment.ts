import { ControlError, Type } from '#core'

declare const isChecked: unique symbol
declare const isMade: unique symbol

/** A name that may stand in a path of Qdrant: letters, digits, `_`, `-` and `.`, no dot first. */
export type Segment = string & { readonly [isChecked]: true }

/** A path of Qdrant, made of literals and checked segments alone. */
export type QdrantPath = string & { readonly [isMade]: true }

/** 1 to 255 characters, as Qdrant's collection names. */
const SEGMENT_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$'
const SEGMENT = new RegExp(SEGMENT_PATTERN)

/** A name in a route's schema, so that what does not fit is refused before anybody looks at it. */
export const SegmentInput = (what: string) =>
  Type.String({
    pattern: SEGMENT_PATTERN,
    description: `${what}: 1 to 255 letters, digits, "_", "-" and ".", no dot first`,
  })

/** Whether a text may be a segment as it stands. */
export const isSegment = (text: string): text is Segment => SEGMENT.test(text)

/**
 * The name as a segment. Throws VALIDATION. Qdrant itself takes `.` and `..` for names, which every
 * URL parser collapses, also percent-encoded: `DELETE /collections/docs/index/..` becomes
 * `DELETE /collections/docs/`, and that deletes the collection. Nothing that could is let through.
 */
export function toSegment(what: string, text: string): Segment {
  if (isSegment(text)) return text
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  const message = `is ${shown}; use 1 to 255 letters, digits, "_", "-" and ".", no dot first`
  throw new ControlError('VALIDATION', `the ${what} ${message}`, {
    details: [{ path: what, message }],
  })
}

/** The only way to a path: `` path`/collections/${name}` ``. An unchecked string does not type-check. */
export function path(literals: TemplateStringsArray, ...segments: Segment[]): QdrantPath {
  // types do not last at run time, so a cast gone wrong ends here
  for (const segment of segments) toSegment('path segment', segment)
  return String.raw({ raw: literals }, ...segments) as QdrantPath
}
