import { createHash } from 'node:crypto'
import { base58, bech32, bech32m } from '@scure/base'
import { WEIGHT } from '../finding.ts'
import { every, found, type Rule } from './rule.ts'

const WORD =
  /(?<![A-Za-z0-9])(?:[a-z]{2,10}1[02-9ac-hj-np-z]{20,90}|[A-Z]{2,10}1[02-9AC-HJ-NP-Z]{20,90}|0x[0-9A-Fa-f]{40,64}|[1-9A-HJ-NP-Za-km-z]{25,111})(?![A-Za-z0-9])/g

/**
 * Addresses and keys of crypto currencies: base58 with its double SHA-256 check, bech32 and bech32m (BIP 173,
 * BIP 350), hexadecimal ones as they stand. What only has the shape of one is masked too.
 */
export const crypto: Rule = {
  name: 'crypto',
  find: ({ text }) =>
    every(WORD, text, ({ 0: word, index }) => {
      const end = index + word.length
      if (word.startsWith('0x')) return found(index, end, 'CRYPTO', WEIGHT.exact)
      if (isBech32(word) || isBase58Check(word)) return found(index, end, 'CRYPTO', WEIGHT.checked)
      const isShaped =
        /^[13bLK5xT]/.test(word) && /\d/.test(word) && /[A-Z]/.test(word) && /[a-z]/.test(word)
      return isShaped && word.length < 60 ? found(index, end, 'CRYPTO', WEIGHT.shape) : null
    }),
}

function isBech32(word: string): boolean {
  if (!/^[A-Za-z]{2,10}1/.test(word) || word.length > 100) return false
  return [bech32, bech32m].some((coder) => coder.decodeUnsafe(word, 120) !== undefined)
}

function isBase58Check(word: string): boolean {
  let bytes: Uint8Array
  try {
    bytes = base58.decode(word)
  } catch {
    return false
  }
  if (bytes.length < 21) return false
  const body = bytes.subarray(0, -4)
  const sum = sha256(sha256(body)).subarray(0, 4)
  return Buffer.from(bytes.subarray(-4)).equals(sum)
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
