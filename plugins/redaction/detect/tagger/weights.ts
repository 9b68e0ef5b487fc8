import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { HASH_BITS } from './features.ts'
import { LABELS } from './labels.ts'

/** One row of `LABELS` weights a hashed feature, in steps of one `unit`. */
export interface Weights {
  rows: Int8Array
  unit: number
}

/** Two labels a number, so that one addition adds two; eight numbers a row. */
const LANES = 8
const SHIFT = 128

export interface PackedWeights {
  lanes: Int32Array
  unit: number
}

/** Shifted to be positive, so that sums of up to 128 rows never carry from one half into the other. */
export function pack({ rows, unit }: Weights): PackedWeights {
  const lanes = new Int32Array(LANES << HASH_BITS)
  for (let row = 0; row < 1 << HASH_BITS; row++) {
    for (let l = 0; l < LABELS; l++) {
      const at = row * LANES + (l >> 1)
      const value = ((rows[row * LABELS + l] as number) + SHIFT) << (l % 2 === 0 ? 0 : 16)
      lanes[at] = (lanes[at] as number) | value
    }
  }
  return { lanes, unit }
}

/** The scores of all labels for these features, in units; a label's own share of the shift is taken off. */
export function sum(
  lanes: Int32Array,
  features: Int32Array,
  count: number,
  scores: Int32Array,
): void {
  let [a, b, c, d, e, f, g] = [0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const at = (features[i] as number) * LANES
    a = (a + (lanes[at] as number)) | 0
    b = (b + (lanes[at + 1] as number)) | 0
    c = (c + (lanes[at + 2] as number)) | 0
    d = (d + (lanes[at + 3] as number)) | 0
    e = (e + (lanes[at + 4] as number)) | 0
    f = (f + (lanes[at + 5] as number)) | 0
    g = (g + (lanes[at + 6] as number)) | 0
  }
  const off = count * SHIFT
  unpack(scores, 0, a, off)
  unpack(scores, 2, b, off)
  unpack(scores, 4, c, off)
  unpack(scores, 6, d, off)
  unpack(scores, 8, e, off)
  unpack(scores, 10, f, off)
  scores[12] = (g & 0xffff) - off
}

function unpack(scores: Int32Array, at: number, lane: number, off: number): void {
  scores[at] = (lane & 0xffff) - off
  scores[at + 1] = (lane >>> 16) - off
}

let loaded: PackedWeights | undefined

/** `weights.br`: a float (the unit), then the rows; made by `bench/redaction/train/run.ts`. Read once a process. */
export function weights(): PackedWeights {
  if (loaded) return loaded
  const bytes = brotliDecompressSync(readFileSync(new URL('weights.br', import.meta.url)))
  const size = LABELS << HASH_BITS
  if (bytes.length !== size + 4) throw new Error('weights.br is of another model')
  const rows = new Int8Array(bytes.buffer, bytes.byteOffset + 4, size)
  loaded = pack({ rows, unit: bytes.readFloatLE(0) })
  return loaded
}
