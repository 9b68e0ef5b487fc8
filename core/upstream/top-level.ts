const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d]
const TRUE = 0x74
/** Longer keys and values are not told. */
const LONGEST_BYTES = 4096

/**
 * The texts and `true`s that stand under some keys of a JSON object, itself and not deeper. Builds
 * nothing of the rest: to parse a body of megabytes of brackets takes seconds, in which nobody else
 * is answered; to walk over it, a hundredth of them. Undefined where the brackets do not match; what
 * is wrong inside is for whoever parses it.
 */
export function readTopLevel(
  bytes: Buffer,
  keys: readonly string[],
): Map<string, string | true> | undefined {
  const found = new Map<string, string | true>()
  let depth = 0
  let isList = false
  let isKeyNext = false
  let key: string | undefined
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      const end = endOfText(bytes, at)
      if (end === -1) return undefined
      if (depth === 1 && !isList) {
        if (isKeyNext) {
          const name = textOf(bytes, at, end)
          key = name !== undefined && keys.includes(name) ? name : undefined
          // of several the last counts
          if (key !== undefined) found.delete(key)
          isKeyNext = false
        } else if (key !== undefined) {
          const text = textOf(bytes, at, end)
          if (text !== undefined) found.set(key, text)
        }
      }
      at = end
    } else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      depth += 1
      if (depth === 1) {
        isList = byte === OPEN_LIST
        isKeyNext = !isList
      }
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      depth -= 1
      if (depth < 0) return undefined
    } else if (depth === 1) {
      if (byte === COMMA) {
        isKeyNext = true
        key = undefined
      } else if (byte === TRUE && key !== undefined) found.set(key, true)
    }
  }
  return depth === 0 ? found : undefined
}

/** Where the quote is that ends a text; -1 where none does. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at += 1
  }
  return -1
}

function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start > LONGEST_BYTES) return undefined
  try {
    return JSON.parse(bytes.toString('utf8', start, end + 1))
  } catch {
    return undefined // escapes that are none
  }
}
