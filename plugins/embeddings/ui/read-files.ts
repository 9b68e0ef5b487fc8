/** A file as a document. */
export interface ReadFile {
  name: string
  text: string
}

/** A file that cannot be one, and why. */
export interface UnreadFile {
  name: string
  reason: string
}

/** As many characters as the controller takes of one document. */
const MOST_CHARS = 1_000_000
/** What one load may weigh, a little below what the controller takes. */
const MOST_BYTES = 30_000_000
const MOST_FILES = 10_000

/** Reads files that hold text; the others are told with the reason. */
export async function readFiles(
  files: readonly File[],
): Promise<{ read: ReadFile[]; unread: UnreadFile[] }> {
  const read: ReadFile[] = []
  const unread: UnreadFile[] = []
  const names = new Set<string>()
  let bytes = 0
  for (const file of files) {
    const name = file.name.replace(CONTROL, ' ').slice(-200)
    const isTooMuch = bytes + file.size > MOST_BYTES || read.length >= MOST_FILES
    const text = file.size > 4 * MOST_CHARS || isTooMuch ? '' : await file.text()
    const reason = isTooMuch
      ? 'it is too much at once; add it by itself'
      : names.has(name)
        ? 'another file of this name is among them'
        : whyNot(file, text)
    if (reason) unread.push({ name, reason })
    else {
      names.add(name)
      bytes += file.size
      read.push({ name, text })
    }
  }
  return { read, unread }
}

function whyNot(file: File, text: string): string | undefined {
  if (file.size === 0 || (text !== '' && text.trim() === '')) return 'it is empty'
  if (file.size > 4 * MOST_CHARS || text.length > MOST_CHARS) return 'it is larger than 1 MB'
  // what is no UTF-8 decodes to this sign
  if (text.includes('\u0000') || text.includes('\ufffd')) return 'it is not a text file'
  return undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ids of documents may hold none
const CONTROL = /[\u0000-\u001f\u007f]/g
