import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Keys of one session. They come from the key file and the handle together, so that neither the
 * database with the key file nor the handle alone opens a session.
 */
export interface SessionKeys {
  /** Under which it is kept; says nothing of the handle. */
  id: string
  data: Buffer
  check: Buffer
}

export function deriveKeys(master: Uint8Array, handle: string): SessionKeys {
  const salt = Buffer.from(handle, 'base64url')
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', master, salt, `spark-control redaction ${purpose}`, bytes))
  return {
    id: derive('id', 16).toString('hex'),
    data: derive('data', 32),
    check: derive('check', 32),
  }
}

/** AES-256-GCM; `place` says where the box belongs, so that none can be put into another's stead. */
export function seal(key: Uint8Array, place: string, value: unknown): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Throws if the box was changed, moved or sealed under another key. */
export function unseal(key: Uint8Array, place: string, box: string): unknown {
  const bytes = Buffer.from(box, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), {
    authTagLength: 16,
  }).setAAD(Buffer.from(place))
  decipher.setAuthTag(bytes.subarray(12, 28))
  const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
  return JSON.parse(text.toString('utf8'))
}
