/**
 * Whether two resources exclude each other: they are the same, or one contains the other
 * (`gpu` contains `gpu:spark-1`).
 */
export const overlaps = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}:`) || other.startsWith(`${one}:`)

/** The first resource of `wanted` that something in `held` excludes. */
export const findClash = (wanted: readonly string[], held: readonly string[]): string | undefined =>
  wanted.find((resource) => held.some((other) => overlaps(resource, other)))
