/** A place in the file as JSON pointer (`/services/llm/nodes/1`); the empty text is the file. */
export type Pointer = string

/** The pointer `segments` further down. */
export const under = (pointer: Pointer, ...segments: (string | number)[]): Pointer =>
  pointer + segments.map((segment) => `/${escapeSegment(String(segment))}`).join('')

/** The pointer one level up; the empty pointer is its own parent. */
export const parentOf = (pointer: Pointer): Pointer =>
  pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')))

/** The last segment, unescaped; empty for the file itself. */
export const lastOf = (pointer: Pointer): string => segmentsOf(pointer).at(-1) ?? ''

/** A pointer as operators write it: `services.llm.nodes.1`. */
export const dotted = (pointer: Pointer): string => segmentsOf(pointer).join('.')

/** The pointer of a dotted path below `base`, as kinds give it (`nodes.1`). */
export const fromDotted = (base: Pointer, path: string): Pointer =>
  path === '' ? base : under(base, ...path.split('.'))

/** The segments, unescaped. */
export const segmentsOf = (pointer: Pointer): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

const escapeSegment = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1')
