import { randomBytes } from 'node:crypto'

/** Files the server keeps for a while: the last few, as the original does. */
export interface Downloads {
  /** The name of a new file, to be filled while its audio is made. */
  open(extension: string): Download
  find(name: string): Download | undefined
}

export interface Download {
  name: string
  parts: Buffer[]
  type: string
  /** `{"chunks":[…]}` of `<name>.json`. */
  timing?: { text: string; start: number; end: number }[]
}

const MOST = 3
const MOST_BYTES = 64 * 1024 * 1024

export function createDownloads(): Downloads {
  const kept: Download[] = []
  return {
    open(extension) {
      const name = `tmp${randomBytes(6).toString('hex')}.${extension}`
      const download = { name, parts: [] as Buffer[], type: `audio/${extension}` }
      kept.push(download)
      if (kept.length > MOST) kept.shift()
      return download
    },
    find: (name) => kept.find((each) => each.name === name),
  }
}

/** Adds to a file as far as there is room. */
export function keep(download: Download, bytes: Buffer): void {
  const sizeBytes = download.parts.reduce((sum, part) => sum + part.length, 0)
  if (sizeBytes + bytes.length <= MOST_BYTES) download.parts.push(Buffer.from(bytes))
}
