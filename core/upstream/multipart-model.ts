/** What the beginning of a form tells: its model, that there is none to be found, or nothing yet. */
export type FoundPart = { model: string | null } | 'more'

/**
 * Looks for the `model` part in the beginning of a multipart body. A file part before it ends the
 * search: what follows may be megabytes away.
 */
export function findModelPart(bytes: Buffer, contentType: string): FoundPart {
  const boundary = BOUNDARY.exec(contentType)
  if (!boundary) return NONE
  const mark = `--${boundary[1] ?? boundary[2]}`
  let at = bytes.indexOf(mark, 0, 'latin1')
  while (at !== -1) {
    const headStart = at + mark.length
    if (bytes.toString('latin1', headStart, headStart + 2) === '--') return NONE
    const headEnd = bytes.indexOf('\r\n\r\n', headStart, 'latin1')
    if (headEnd === -1) return 'more'
    const head = bytes.toString('utf8', headStart, headEnd)
    if (/;\s*filename\*?=/i.test(head)) return NONE
    const next = bytes.indexOf(`\r\n${mark}`, headEnd + 2, 'latin1')
    if (next === -1) return 'more'
    if (nameOf(head) === 'model') {
      return { model: bytes.toString('utf8', headEnd + 4, next).trim() || null }
    }
    at = next + 2
  }
  return 'more'
}

const NONE: FoundPart = { model: null }
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i

function nameOf(head: string): string | undefined {
  const match = /content-disposition:[^\r\n]*?;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(head)
  return match?.[1] ?? match?.[2]
}
