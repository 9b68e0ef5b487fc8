/** Terms of a text with their weights; indices are unique, in no order. */
export interface SparseVector {
  indices: number[]
  values: number[]
}

/** A dense vector as base64 of little-endian 32-bit floats, which is how OpenAI's API packs it. */
export function packVector(vector: Float32Array): string {
  if (!IS_LITTLE_ENDIAN) return Buffer.from(swapped(vector)).toString('base64')
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}

/** A vector as a server gives it, numbers or packed; undefined if it is none. */
export function readVector(value: unknown): Float32Array | undefined {
  if (typeof value === 'string') return unpackVector(value)
  if (!Array.isArray(value) || value.length === 0) return undefined
  const vector = new Float32Array(value.length)
  for (let i = 0; i < value.length; i += 1) {
    if (typeof value[i] !== 'number') return undefined
    vector[i] = value[i]
  }
  return vector
}

function unpackVector(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) return undefined
  if (!IS_LITTLE_ENDIAN) bytes.swap32()
  // A buffer of its own begins where floats may begin; a slice of Node's pool may not.
  const vector = new Float32Array(bytes.byteLength / 4)
  Buffer.from(vector.buffer).set(bytes)
  return vector
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const swapped = (vector: Float32Array): Buffer =>
  Buffer.from(
    vector.buffer.slice(vector.byteOffset, vector.byteOffset + vector.byteLength),
  ).swap32()
