import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { thrownBy } from '../testing/thrown-by.ts'
import type { LeaseChange } from './lease.ts'
import type { RunningJob } from './lease-errors.ts'
import { createLeases, type Leases } from './leases.ts'

const HOUR = 3_600_000
const HOSTS: Record<string, string[]> = { llm: ['spark-1', 'spark-2'], speech: ['spark-2'] }

let folder: string
let db: Database
let clock: FakeClock
let running: RunningJob[]
let told: string[]
let leases: Leases

const open = (): Leases => {
  const note = ({ change, lease }: LeaseChange) => told.push(`${change} ${lease.fence}`)
  return createLeases({
    db,
    clock,
    hostsOf: (id) => HOSTS[id] ?? [],
    services: () => Object.keys(HOSTS),
    running: () => running,
    publish: note,
  })
}
/** As after a kill: what was not on the disk is gone. */
const restart = (): void => {
  leases.stop()
  db.close()
  db = openDatabase(join(folder, 'state.db'))
  leases = open()
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leases-'))
  db = openDatabase(join(folder, 'state.db'))
  clock = createFakeClock()
  running = []
  told = []
  leases = open()
})
afterEach(() => {
  leases.stop()
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

const take = (owner = 'crm', resource = 'gpu', ttlMs = 60_000) =>
  leases.acquire({ owner, resource, reason: 'nightly run', ttlMs })

describe('a lease', () => {
  it('tells its token once, and its holder to everybody', () => {
    const { token, lease } = take()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(lease).toEqual({
      fence: 1,
      resource: 'gpu',
      owner: 'crm',
      reason: 'nightly run',
      ttl_s: 60,
      acquired_at: '2026-01-01T12:00:00.000Z',
      renewed_at: '2026-01-01T12:00:00.000Z',
      expires_at: '2026-01-01T12:01:00.000Z',
      services: ['llm', 'speech'],
    })
    expect(leases.list()).toEqual([lease])
  })

  it('leaves no token on the disk, only its hash', () => {
    const { token } = take()
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(bytes.join('')).toContain('nightly run')
    expect(bytes.join('')).not.toContain(token)
  })

  it('keeps everybody else out, who is told by whom, why and until when', () => {
    take()
    const refused = thrownBy(() => take('agent', 'gpu:spark-2'))
    expect(refused).toMatchObject({ code: 'LEASE_HELD', status: 423, retryAfterS: 60 })
    expect(refused.message).toBe(
      '“crm” has reserved every GPU for “nightly run” for another 1 minute',
    )
    expect(refused.holder).toMatchObject({ owner: 'crm', resource: 'gpu', fence: 1 })
  })

  it('of one host leaves the other free', () => {
    take('crm', 'gpu:spark-1')
    expect(take('agent', 'gpu:spark-2').lease.fence).toBe(2)
    expect(thrownBy(() => take('bot', 'llm')).code).toBe('LEASE_HELD')
  })

  it('is not given while a job is at work on its resource; the job is named', () => {
    running = [{ id: 'j1', title: 'Load Gemma', holds: ['llm', 'gpu:spark-1'] }]
    expect(thrownBy(() => take())).toMatchObject({
      code: 'LEASE_HELD',
      holder: { job: 'j1', title: 'Load Gemma' },
    })
    expect(take('agent', 'gpu:spark-2').lease.resource).toBe('gpu:spark-2')
  })

  it('goes to one of 10,000 callers', async () => {
    const tries = Array.from({ length: 10_000 }, async (_, n) => {
      await Promise.resolve()
      try {
        return take(`caller ${n}`).lease.fence
      } catch {
        return null
      }
    })
    const fences = (await Promise.all(tries)).filter((fence) => fence !== null)
    expect(fences).toEqual([1])
  })
})

describe('its time', () => {
  it('is counted anew by a renewal, with another length if one is named', async () => {
    const { token } = take()
    await clock.advance(50_000)
    expect(leases.renew(token).expires_at).toBe('2026-01-01T12:01:50.000Z')
    expect(leases.renew(token, 5000).expires_at).toBe('2026-01-01T12:00:55.000Z')
  })

  it('ends by itself, is told once, and cannot be renewed any more', async () => {
    const { token } = take()
    await clock.advance(60_000)
    expect(told).toEqual(['acquired 1', 'expired 1'])
    expect(leases.list()).toEqual([])
    expect(thrownBy(() => leases.renew(token))).toMatchObject({ code: 'LEASE_LOST', status: 409 })
    expect(take('agent').lease.fence).toBe(2)
    expect(thrownBy(() => leases.renew(token)).holder).toMatchObject({ owner: 'agent', fence: 2 })
  })

  it('that could not be ended since the disk was full is ended when there is room', async () => {
    take()
    db.durable.exec('PRAGMA query_only = ON')
    await clock.advance(61_000)
    db.durable.exec('PRAGMA query_only = OFF')
    await clock.advance(1_000)
    expect(told).toEqual(['acquired 1', 'expired 1'])
  })

  it('ends at once where the clock is set an hour on, without a tick', () => {
    const { token } = take()
    clock.set(clock.now() + HOUR)
    expect(thrownBy(() => leases.renew(token)).code).toBe('LEASE_LOST')
    expect(leases.list()).toEqual([])
  })

  it('is over for good when the clock is set back again', () => {
    const { token } = take()
    clock.set(clock.now() + HOUR)
    expect(leases.list()).toEqual([])
    clock.set(clock.now() - HOUR)
    expect(thrownBy(() => leases.renew(token)).code).toBe('LEASE_LOST')
    expect(take('agent').lease.fence).toBe(2)
  })

  it('is never longer than what was asked for where the clock is set an hour back', async () => {
    take()
    clock.set(clock.now() - HOUR)
    expect(leases.list()[0]?.expires_at).toBe('2026-01-01T11:01:00.000Z')
    await clock.advance(60_000)
    expect(leases.list()).toEqual([])
  })

  it('goes on while the controller is away', () => {
    const { token } = take()
    clock.set(clock.now() + 59_000)
    restart()
    expect(leases.holderOf(token).fence).toBe(1)
    clock.set(clock.now() + 1000)
    restart()
    expect(thrownBy(() => leases.holderOf(token)).code).toBe('LEASE_LOST')
    expect(told).toEqual(['acquired 1', 'expired 1'])
  })
})

describe('its end', () => {
  it('by its holder frees the resource', () => {
    const { token } = take()
    leases.release(token)
    expect(leases.list()).toEqual([])
    expect(thrownBy(() => leases.release(token)).message).toMatch(/it was released just now$/)
  })

  it('by an operator makes the next call of the holder fail, which is told by whom', () => {
    const { token, lease } = take()
    expect(leases.force(lease.fence, 'Alice')?.owner).toBe('crm')
    expect(told).toEqual(['acquired 1', 'forced 1'])
    expect(thrownBy(() => leases.renew(token)).message).toMatch(/released by an operator \(Alice\)/)
    expect(leases.force(lease.fence, 'Alice')).toBeUndefined()
  })

  it('raises the fence for whoever comes next, whatever came in between', () => {
    const fences = Array.from({ length: 50 }, (_, n) => {
      if (n % 7 === 0) restart()
      const { token, lease } = take()
      if (n % 3 === 0) leases.force(lease.fence, 'Alice')
      else if (n % 3 === 1) leases.release(token)
      else clock.set(clock.now() + HOUR)
      return lease.fence
    })
    expect(fences).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  })

  it('is kept for the last thousand only, and the fence rises all the same', () => {
    for (let n = 0; n < 1010; n++) leases.release(take().token)
    const { rows } = db.durable.prepare('SELECT count(*) AS rows FROM leases').get() as {
      rows: number
    }
    expect(rows).toBe(1000)
    restart()
    expect(take().lease.fence).toBe(1011)
  })
})

describe('an act', () => {
  it('that needs what somebody reserved is refused without the token, done with it', () => {
    const { token } = take('crm', 'gpu:spark-1')
    const holds = ['llm', 'gpu:spark-1']
    expect(thrownBy(() => leases.arbitrate(holds)).code).toBe('LEASE_HELD')
    expect(leases.arbitrate(holds, token)).toEqual({ fence: 1, owner: 'crm' })
    expect(leases.arbitrate(['llm', 'gpu:spark-2'])).toBeUndefined()
    expect(leases.arbitrate([])).toBeUndefined()
  })

  it('under a lease of its own is refused where it needs what somebody else reserved', () => {
    const { token } = take('crm', 'gpu:spark-1')
    take('agent', 'speech')
    expect(
      thrownBy(() => leases.arbitrate(['llm', 'gpu:spark-1', 'gpu:spark-2'], token)).holder,
    ).toMatchObject({ owner: 'agent' })
  })

  it('of a holder whose lease is over is refused: 423 if it has a new holder, 409 if not', () => {
    const { token } = take()
    clock.set(clock.now() + HOUR)
    expect(thrownBy(() => leases.arbitrate(['llm'], token)).status).toBe(409)
    take('agent')
    expect(thrownBy(() => leases.arbitrate(['llm'], token)).status).toBe(423)
    expect(thrownBy(() => leases.arbitrate([], token)).status).toBe(409)
  })

  it('with a token nobody ever had is refused', () => {
    expect(thrownBy(() => leases.arbitrate([], 'x')).message).toBe('no lease has this token')
  })

  it('let through is refused all the same if the lease ends before its job begins', () => {
    const { token } = take()
    const under = leases.arbitrate(['llm'], token)
    leases.release(token)
    expect(thrownBy(() => leases.admit(['llm'], under)).code).toBe('LEASE_LOST')
    take('agent')
    expect(thrownBy(() => leases.admit(['llm'], under)).code).toBe('LEASE_HELD')
  })
})

it('a change is told within the write that makes it: if it cannot be, nothing has changed', () => {
  leases.stop()
  let isFull = false
  leases = createLeases({
    db,
    clock,
    hostsOf: () => [],
    services: () => [],
    running: () => [],
    tell() {
      if (isFull) throw new Error('the disk is full')
    },
    publish: ({ change }) => told.push(change),
  })
  const { token } = take()
  isFull = true
  expect(() => leases.release(token)).toThrow('the disk is full')
  expect(leases.holderOf(token).owner).toBe('crm')
  expect(told).toEqual(['acquired'])
})
