/** What a file is by its first bytes. */
export type AudioType =
  | 'wav'
  | 'mp3'
  | 'flac'
  | 'ogg'
  | 'mp4'
  | 'webm'
  | 'aiff'
  | 'aac'
  | 'amr'
  | 'caf'
  | 'au'
  | 'asf'

/** `no`: something else, in words; `unknown`: for the server to judge. */
export type Sniffed = { audio: AudioType } | { no: string } | 'unknown'

interface Mark {
  at: number
  bytes: string
}

const mark = (at: number, bytes: string): Mark => ({ at, bytes })

const AUDIO: readonly (readonly [AudioType, ...Mark[]])[] = [
  ['wav', mark(0, 'RIFF'), mark(8, 'WAVE')],
  ['wav', mark(0, 'RF64'), mark(8, 'WAVE')],
  ['flac', mark(0, 'fLaC')],
  ['ogg', mark(0, 'OggS')],
  ['mp3', mark(0, 'ID3')],
  ['mp4', mark(4, 'ftyp')],
  ['webm', mark(0, '\x1a\x45\xdf\xa3')],
  ['aiff', mark(0, 'FORM'), mark(8, 'AIF')],
  ['amr', mark(0, '#!AMR')],
  ['caf', mark(0, 'caff')],
  ['au', mark(0, '.snd')],
  ['asf', mark(0, '\x30\x26\xb2\x75')],
]

const OTHERS: readonly (readonly [string, ...Mark[]])[] = [
  ['a PNG picture', mark(0, '\x89PNG')],
  ['a JPEG picture', mark(0, '\xff\xd8\xff')],
  ['a GIF picture', mark(0, 'GIF8')],
  ['a PDF document', mark(0, '%PDF')],
  ['a ZIP archive', mark(0, 'PK\x03\x04')],
  ['a gzip archive', mark(0, '\x1f\x8b')],
  ['a program', mark(0, '\x7fELF')],
]

/** Tells audio from what is not, by the first 16 bytes or more. A name or MIME type proves nothing. */
export function sniff(head: Buffer): Sniffed {
  const is = (marks: readonly Mark[]) =>
    marks.every(({ at, bytes }) => head.toString('latin1', at, at + bytes.length) === bytes)
  for (const [type, ...marks] of AUDIO) if (is(marks)) return { audio: type }
  const frame = frameType(head)
  if (frame) return { audio: frame }
  for (const [what, ...marks] of OTHERS) if (is(marks)) return { no: what }
  if (head.length >= 16 && isText(head.subarray(0, 512))) return { no: 'text' }
  return 'unknown'
}

/** MPEG audio begins with eleven set bits; layer 0 is AAC's. */
function frameType(head: Buffer): 'mp3' | 'aac' | undefined {
  const [first = 0, second = 0, third = 0] = head
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined
  if ((second & 0xf6) === 0xf0) return 'aac'
  const isReserved = (second & 0x18) === 0x08 || (second & 0x06) === 0 || (third & 0xf0) === 0xf0
  return isReserved ? undefined : 'mp3'
}

const isText = (head: Buffer): boolean =>
  head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))
