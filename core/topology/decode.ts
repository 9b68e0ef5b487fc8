import type { Mistake } from './mistakes.ts'

/** Room for 200 hosts with five services each, and small enough that the worst text is answered within a second. */
export const MAX_TOPOLOGY_BYTES = 128 * 1024

/** The text of a topology file, or why there is none. A byte-order mark is dropped. */
export function decodeTopology(
  bytes: string | Uint8Array,
): { text: string } | { mistake: Mistake } {
  const sizeBytes = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.byteLength
  if (sizeBytes > MAX_TOPOLOGY_BYTES) return { mistake: tooLarge(sizeBytes) }
  if (typeof bytes === 'string')
    // what a lenient reader puts in the place of bytes that are not UTF-8
    return bytes.includes('\uFFFD')
      ? { mistake: notUtf8(new Uint8Array()) }
      : { text: bytes.replace(/^\uFEFF/, '') }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { mistake: notUtf8(bytes) }
  }
}

function tooLarge(sizeBytes: number): Mistake {
  const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`
  return {
    at: '',
    code: 'FILE_TOO_LARGE',
    offset: 0,
    message: `the file has ${kib(sizeBytes)}; a topology has at most ${kib(MAX_TOPOLOGY_BYTES)}`,
    hint: 'is this really a topology.yaml?',
  }
}

function notUtf8(bytes: Uint8Array): Mistake {
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  return {
    at: '',
    code: 'FILE_NOT_UTF8',
    offset: 0,
    message: isUtf16 ? 'the file is UTF-16, not UTF-8' : 'the file is not UTF-8 text',
    hint: 'save it again with the encoding UTF-8',
  }
}
