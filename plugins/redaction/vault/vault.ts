import { type Clock, ControlError, type KeyValue, type SecretFile } from '#core'
import type { Entry } from '../rehydrate/restorer.ts'
import { openMasterKey } from './master-key.ts'
import { deriveKeys, type SessionKeys, seal, unseal } from './seal.ts'
import { createSession, newHandle, type Session } from './session.ts'

/** Keeps what was masked, sealed, for as long as it is used. */
export interface Vault {
  /** Why nothing can be kept or restored; undefined: it can. */
  readonly closed: string | undefined
  /** A session for a caller; kept from its first value on. Throws VAULT_CLOSED or VAULT_FULL. */
  begin(owner: string | null): Session
  /** Throws HANDLE_UNKNOWN, VAULT_CLOSED or VAULT_DAMAGED. */
  open(handle: string, owner: string | null): Session
  /** Adds values; on the disk when it returns. Values that are there stay as they are. */
  append(session: Session, added: readonly Entry[]): void
  /** Whether there was such a session of this caller. */
  remove(handle: string, owner: string | null): boolean
  /** Forgets what has not been used for its time. */
  prune(): void
  /** Sessions that are kept. */
  readonly size: number
}

export interface VaultParts {
  store: KeyValue
  keyFile: SecretFile
  clock: Clock
  ttlMs: number
  /** Default 10,000. */
  mostSessions?: number
}

interface Row {
  expires_at: number
  box: string
}

interface Head {
  owner: string | null
  chunks: number
  /** Values in all chunks: what is added must follow on them. */
  entries: number
}

/** The key is read, or made, here; a vault that cannot be opened refuses everything. */
export function createVault(parts: VaultParts): Vault {
  const { store, clock, ttlMs, mostSessions = 10_000 } = parts
  const master = openMasterKey(store, parts.keyFile)
  const expiries = readExpiries(store)

  const keysOf = (handle: string): SessionKeys => {
    if ('closed' in master) throw closed(master.closed)
    return deriveKeys(master.key, handle)
  }
  const write = ({ id, data }: SessionKeys, head: Head): void => {
    const expires_at = clock.now() + ttlMs
    const box = seal(data, headPlace(id, expires_at), head)
    store.set(headKey(id), { expires_at, box } satisfies Row)
    expiries.set(id, expires_at)
  }
  const forget = (id: string): void => {
    // the head last: without its parts it is damaged, without its head a part is nobody's
    for (const key of store.keys(`${headKey(id)}/`)) store.delete(key)
    store.delete(headKey(id))
    expiries.delete(id)
  }
  const prune = (): void => {
    const nowMs = clock.now()
    for (const [id, expiresAt] of expiries) if (expiresAt <= nowMs) forget(id)
  }
  const readHead = (keys: SessionKeys, owner: string | null): Head => {
    const row = store.get<Row>(headKey(keys.id))
    if (!row || row.expires_at <= clock.now()) throw unknown()
    const head = open<Head>(keys, headPlace(keys.id, row.expires_at), row.box)
    // another caller's session is to this one as if it were not there
    if (head.owner !== owner) throw unknown()
    return head
  }
  const readEntries = (keys: SessionKeys, head: Head): Entry[] =>
    Array.from({ length: head.chunks }, (_, n) => {
      const box = store.get<string>(chunkKey(keys.id, n))
      if (box === undefined) throw damaged()
      return open<Entry[]>(keys, chunkKey(keys.id, n), box)
    }).flat()

  return {
    closed: 'closed' in master ? master.closed : undefined,
    get size() {
      return expiries.size
    },
    prune,
    begin(owner) {
      const handle = newHandle()
      const { check } = keysOf(handle)
      if (expiries.size >= mostSessions) prune()
      if (expiries.size >= mostSessions) throw vaultFull(mostSessions)
      return createSession({ handle, owner, checkKey: check, entries: [] })
    },
    open(handle, owner) {
      const keys = keysOf(handle)
      const head = readHead(keys, owner)
      const entries = readEntries(keys, head)
      if (entries.length !== head.entries) throw damaged()
      // one write in a while is enough to keep a session alive
      if ((expiries.get(keys.id) ?? 0) < clock.now() + ttlMs * 0.95) write(keys, head)
      return createSession({ handle, owner, checkKey: keys.check, entries })
    },
    append({ handle, owner, entries }, added) {
      const keys = keysOf(handle)
      const isNew = store.get<Row>(headKey(keys.id)) === undefined
      // a session that was deleted meanwhile stays deleted
      if (isNew && entries.length > 0) throw unknown()
      const head: Head = isNew ? { owner, chunks: 0, entries: 0 } : readHead(keys, owner)
      if (head.entries !== entries.length) throw changed()
      if (added.length > 0) {
        const key = chunkKey(keys.id, head.chunks)
        store.set(key, seal(keys.data, key, added))
        head.chunks++
        head.entries += added.length
      }
      write(keys, head)
    },
    remove(handle, owner) {
      const keys = keysOf(handle)
      const row = store.get<Row>(headKey(keys.id))
      if (!row || open<Head>(keys, headPlace(keys.id, row.expires_at), row.box).owner !== owner)
        return false
      forget(keys.id)
      return true
    },
  }
}

const headKey = (id: string): string => `session/${id}`
const chunkKey = (id: string, n: number): string => `session/${id}/${String(n).padStart(6, '0')}`
const headPlace = (id: string, expiresAt: number): string => `${headKey(id)}@${expiresAt}`

function readExpiries(store: KeyValue): Map<string, number> {
  const heads = store.keys('session/').filter((key) => key.split('/').length === 2)
  return new Map(
    heads.map((key) => [key.slice('session/'.length), store.get<Row>(key)?.expires_at ?? 0]),
  )
}

function open<T>(keys: SessionKeys, place: string, box: string): T {
  try {
    return unseal(keys.data, place, box) as T
  } catch {
    // the cause would say no more than that it does not fit
    throw damaged()
  }
}

const unknown = (): ControlError =>
  new ControlError('HANDLE_UNKNOWN', 'There is no session under this handle.', {
    status: 404,
    hint: 'It is over, was deleted, or belongs to another token. Scrub without a handle for a new one.',
  })

const closed = (why: string): ControlError =>
  new ControlError('VAULT_CLOSED', `The vault cannot be opened: ${why}.`, {
    status: 503,
    hint: 'Put the key file back from a backup. Nothing is made anew, so that nothing is lost.',
  })

const damaged = (): ControlError =>
  new ControlError('VAULT_DAMAGED', 'What is kept of this session cannot be opened.', {
    status: 503,
    hint: 'The database was changed from outside. Other sessions are not touched by it.',
  })

const changed = (): ControlError =>
  new ControlError('SESSION_CHANGED', 'Another request has added to this session meanwhile.', {
    status: 409,
    hint: 'Send it again.',
    retryAfterS: 1,
  })

const vaultFull = (most: number): ControlError =>
  new ControlError('VAULT_FULL', `${most} sessions are kept, which is the most.`, {
    status: 503,
    hint: 'Delete sessions that are over (DELETE /scrub/:handle), or set a shorter ttl.',
  })
