import { createHash } from 'node:crypto'
import type { PointId } from './shapes.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The namespace of our ids. Changing it would make every document a new one. */
const NAMESPACE = '3b0c7f1e-7a53-5d0e-9c39-6f2f1d0f9a61'

/** Whether Qdrant takes it for an id as it stands: an unsigned integer (exact in JSON) or a UUID. */
export const isPointId = (id: unknown): id is PointId =>
  typeof id === 'string' ? UUID.test(id) : Number.isSafeInteger(id) && (id as number) >= 0

/**
 * The id of a document's chunk: the document's own where Qdrant takes it, for the first chunk; else
 * the UUIDv5 of id and number. The same document has the same ids at every load.
 */
export function pointIdOf(document: string | number, chunk: number): PointId {
  if (chunk === 0 && isPointId(document))
    return typeof document === 'string' ? document.toLowerCase() : document
  // a line break is in no id, so no two documents meet
  return uuidV5(NAMESPACE, chunk === 0 ? String(document) : `${document}\n${chunk}`)
}

/** UUID of version 5 (RFC 9562, 5.5): SHA-1 of namespace and name. */
export function uuidV5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const hash = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
