import { type Pointer, parentOf } from './pointer.ts'

/** Every code a diagnostic of topology.yaml can carry. docs/topology.md has a line for each. */
export const MISTAKES = {
  // the file as a whole
  FILE_EMPTY: 'the file holds nothing',
  FILE_TOO_LARGE: 'the file is larger than a topology can be',
  FILE_UNREADABLE: 'the file cannot be read',
  FILE_NOT_UTF8: 'the file is not UTF-8 text',
  TOO_MANY_MISTAKES: 'there are more mistakes than are listed',
  // YAML
  YAML_SYNTAX: 'the text is not YAML',
  YAML_TAB: 'a tab stands where YAML wants spaces',
  YAML_CHARACTER: 'an invisible character that YAML cannot hold',
  YAML_DUPLICATE_KEY: 'a key stands twice in one map',
  YAML_MERGE_KEY: 'merge keys (<<) are not taken',
  YAML_ANCHOR: 'anchors and aliases (&name, *name) are not taken',
  YAML_TAG: 'tags (!name) are not taken',
  YAML_DIRECTIVE: 'directives (%YAML, %TAG) are not taken',
  YAML_SEVERAL_DOCUMENTS: 'the file holds more than one document',
  YAML_TOO_DEEP: 'the file is nested too deeply',
  KEY_FORBIDDEN: 'a key with a meaning of its own in JavaScript',
  // interpolation
  INTERPOLATION_SYNTAX: 'a placeholder is not of a known form',
  ENV_MISSING: 'an environment variable is not set',
  FILE_MISSING: 'a file that a placeholder names cannot be read',
  // shape
  KEY_UNKNOWN: 'a key nobody reads',
  KEY_MISSING: 'a key that has to be there is not',
  NAME_INVALID: 'an id or a name is not of the allowed form',
  VALUE_TYPE: 'a value is of another type than the key takes',
  VALUE_INVALID: 'a value is not one the key takes',
  NUMBER_SPELLING: 'a number is spelled so that readers of YAML disagree about it',
  BOOLEAN_SPELLING: 'a word such as yes or on where true or false is meant',
  // addresses
  ADDRESS_PUBLIC: 'an address outside the private ranges',
  ADDRESS_INVALID: 'an address or URL that cannot be used',
  ADDRESS_NAME: 'a name where an IP address is better',
  // references
  KIND_UNKNOWN: 'no kind of this name is installed',
  HOST_UNKNOWN: 'a host that is not under hosts:',
  HOST_MISSING: 'a service says neither host nor url',
  HOST_AND_URL: 'a service says both host and url',
  HOST_NOT_TAKEN: 'a kind that runs in the controller is given a place',
  PORT_MISSING: 'a service says no port and its kind has no usual one',
  PORT_AND_URL: 'a port beside a url',
  DISABLED_UNKNOWN: 'disabled names a service that does not exist',
  ID_RESERVED: 'a service id that is a path of Spark Control itself',
  PORT_TWICE: 'two servers on one port of one machine',
  CONTAINER_TWICE: 'two containers of one name on one machine',
  CONCURRENCY_HIGH: 'more requests at a time than servers of the kind stand',
  GPU_SHARED: 'two services use the same GPU',
  DEFAULT_TWICE: 'two services of one kind are both the default',
  NAME_TWICE: 'two entries of one list have the same name',
  KIND_CHECK_FAILED: "a kind's own check broke",
  PLUGIN_BROKEN: 'a folder of a kind cannot be loaded',
} as const

/** A code of MISTAKES. */
export type MistakeCode = keyof typeof MISTAKES

/** A mistake before it is placed: where in the tree, what, and the way out. */
export interface Mistake {
  at: Pointer
  /** A code of MISTAKES, or one of a kind's own. */
  code: MistakeCode | (string & {})
  message: string
  hint?: string
  severity?: 'error' | 'warning'
  /** Whether to point at the key instead of the value. */
  isAboutKey?: boolean
  /** Exact offset in the text, where the tree has no node for it. */
  offset?: number
  /** The key an unknown key was probably meant to be. */
  meant?: Pointer
  /** Keys any of which would have done; said of what is missing. */
  missing?: readonly Pointer[]
}

/** Mistakes as they are found; takes at most one error a path, and a bounded number. */
export interface MistakeList {
  add(mistake: Mistake): void
  /** Whether an error stands at the pointer or above it, so that more would only be its echo. */
  covers(pointer: Pointer): boolean
  /** Whether an error stands exactly at the pointer. */
  has(pointer: Pointer): boolean
  /** Whether an error stands at the pointer or below it. */
  hasWithin(pointer: Pointer): boolean
  readonly isFull: boolean
  all(): Mistake[]
}

/** More than anyone reads at once. */
const MOST = 100

/** Starts an empty list. */
export function createMistakeList(most = MOST): MistakeList {
  const errors = new Map<string, Mistake>()
  const warnings = new Map<string, Mistake>()
  let isFull = false
  // mistakes about the text as a whole have no path of their own
  const keyOf = ({ at, offset }: Mistake): string => (at === '' ? `@${offset ?? 0}` : at)
  return {
    add(mistake) {
      const kept = mistake.severity === 'warning' ? warnings : errors
      if (kept.has(keyOf(mistake))) return
      // warnings beyond the bound are dropped: a file is not refused for them
      if (kept.size >= most) isFull ||= kept === errors
      else kept.set(keyOf(mistake), mistake)
    },
    covers(pointer) {
      for (let at = pointer; at !== ''; at = parentOf(at)) if (errors.has(at)) return true
      return false
    },
    has: (pointer) => errors.has(pointer),
    hasWithin: (pointer) =>
      [...errors.values()].some(({ at }) => at === pointer || at.startsWith(`${pointer}/`)),
    get isFull() {
      return isFull
    },
    all: () => [
      ...withoutEchoes([...errors.values()]),
      ...[...warnings].flatMap(([key, warning]) => (errors.has(key) ? [] : [warning])),
    ],
  }
}

/** One slip is one mistake: who wrote "adress" need not hear that the address is missing. */
function withoutEchoes(mistakes: Mistake[]): Mistake[] {
  const meant = new Set(mistakes.map((mistake) => mistake.meant))
  return mistakes.filter(({ missing = [] }) => !missing.some((pointer) => meant.has(pointer)))
}
