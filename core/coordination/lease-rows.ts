import type { SQLOutputValue } from 'node:sqlite'
import { type Database, transaction } from '../store/database.ts'
import type { Lease, LeaseEnd } from './lease.ts'

/** Leases on the disk; every write is there when it returns. `also` is part of the same write. */
export interface LeaseRows {
  /** Keeps a new lease and gives it its fence, which no lease before it had. */
  insert(lease: Omit<Lease, 'fence' | 'ended'>, tokenHash: Buffer, also: (it: Lease) => void): Lease
  /** Keeps times that changed. */
  save(lease: Lease, also?: () => void): void
  end(lease: Lease, also: () => void): void
  listActive(): { lease: Lease; tokenHash: Buffer }[]
  /** Any lease of the last thousand, for telling its holder how it ended. */
  findByHash(tokenHash: Buffer): Lease | undefined
}

const KEPT_ENDED = 1000

export function createLeaseRows({ durable }: Database): LeaseRows {
  const insert = durable.prepare(
    `INSERT INTO leases (resource, owner, reason, token_hash, ttl_ms, acquired_at, renewed_at,
       expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const forget = durable.prepare('DELETE FROM leases WHERE ended_at IS NOT NULL AND fence <= ?')
  const save = durable.prepare(
    'UPDATE leases SET ttl_ms = ?, renewed_at = ?, expires_at = ? WHERE fence = ?',
  )
  const end = durable.prepare(
    'UPDATE leases SET ended_at = ?, ended_how = ?, ended_by = ? WHERE fence = ?',
  )
  const active = durable.prepare('SELECT * FROM leases WHERE ended_at IS NULL ORDER BY fence')
  const find = durable.prepare('SELECT * FROM leases WHERE token_hash = ?')
  return {
    insert: (fields, tokenHash, also) =>
      transaction(durable, () => {
        const { resource, owner, reason, ttlMs, acquiredAt, renewedAt, expiresAt } = fields
        const times = [ttlMs, acquiredAt, renewedAt, expiresAt]
        const { lastInsertRowid } = insert.run(resource, owner, reason, tokenHash, ...times)
        const lease: Lease = { ...fields, fence: Number(lastInsertRowid), ended: null }
        forget.run(lease.fence - KEPT_ENDED)
        also(lease)
        return lease
      }),
    save: (lease, also) =>
      transaction(durable, () => {
        save.run(lease.ttlMs, lease.renewedAt, lease.expiresAt, lease.fence)
        also?.()
      }),
    end: ({ fence, ended }, also) =>
      transaction(durable, () => {
        end.run(ended?.at ?? null, ended?.how ?? null, ended?.by ?? null, fence)
        also()
      }),
    listActive: () =>
      active.all().map((row) => ({ lease: parseRow(row), tokenHash: bytesOf(row.token_hash) })),
    findByHash(tokenHash) {
      const row = find.get(tokenHash)
      return row && parseRow(row)
    },
  }
}

const bytesOf = (value: SQLOutputValue | undefined): Buffer => Buffer.from(value as Uint8Array)

const textOf = (value: SQLOutputValue | undefined): string | null =>
  value === null ? null : String(value)

const parseRow = (row: Record<string, SQLOutputValue>): Lease => ({
  fence: Number(row.fence),
  resource: String(row.resource),
  owner: String(row.owner),
  reason: textOf(row.reason),
  ttlMs: Number(row.ttl_ms),
  acquiredAt: Number(row.acquired_at),
  renewedAt: Number(row.renewed_at),
  expiresAt: Number(row.expires_at),
  ended:
    row.ended_at === null
      ? null
      : {
          how: String(row.ended_how) as LeaseEnd,
          at: Number(row.ended_at),
          by: textOf(row.ended_by),
        },
})
