import { createHmac, randomBytes } from 'node:crypto'
import type { KeyValue, SecretFile } from '#core'

/** The key of a vault, or why there is none. */
export type MasterKey = { key: Buffer } | { closed: string }

const KEY_ID = 'key-id'
const BYTES = 32

/**
 * The key under which everything is sealed: made at the first start, never again. Where values were
 * kept already and the key is not the one they were sealed under, the vault stays closed.
 */
export function openMasterKey(store: KeyValue, file: SecretFile): MasterKey {
  const known = store.get<string>(KEY_ID)
  try {
    const key = file.read() ?? (known === undefined ? file.create(randomBytes(BYTES)) : undefined)
    if (!key) return { closed: `${file.path} is missing` }
    if (key.byteLength !== BYTES) return { closed: `${file.path} is not a key` }
    const id = createHmac('sha256', key).update('spark-control redaction key id').digest('hex')
    if (known !== undefined && known !== id)
      return { closed: `${file.path} is not the key of what is kept here` }
    if (known === undefined) store.set(KEY_ID, id)
    return { key }
  } catch {
    // what the file system says holds nothing more of use than the path
    return { closed: `${file.path} cannot be read or written` }
  }
}
