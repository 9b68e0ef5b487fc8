import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { type Audit, type AuditEntry, createAudit } from './audit.ts'

const DAY = 86_400_000

let db: Database
let clock: FakeClock
let audit: Audit

beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  audit = createAudit({ db, clock })
})
afterEach(() => db.close())

const load = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  action: 'POST /api/swap',
  title: 'Load Gemma',
  outcome: 'started',
  address: '192.168.1.20',
  ...more,
})
const titles = (query: Partial<Parameters<Audit['list']>[0]> = {}) =>
  audit.list({ limit: 100, ...query }).entries.map(({ title }) => title)

describe('the audit log', () => {
  it('keeps who did what, when, and what came of it', () => {
    audit.record(load({ token: 'crm', job: 'j1', owner: 'crm', fence: 7 }))
    expect(audit.list({ limit: 10 })).toEqual({
      entries: [
        {
          id: 1,
          at: '2026-01-01T12:00:00.000Z',
          address: '192.168.1.20',
          token: 'crm',
          action: 'POST /api/swap',
          title: 'Load Gemma',
          outcome: 'started',
          code: null,
          message: null,
          job: 'j1',
          owner: 'crm',
          fence: 7,
        },
      ],
      next_cursor: null,
    })
  })

  it('is found by time, address, act and outcome', async () => {
    audit.record(load({ title: 'first', address: '192.168.1.30' }))
    await clock.advance(DAY)
    audit.record(load({ title: 'second', action: 'POST /api/unload', outcome: 'done' }))
    const noon = clock.now()
    expect(titles()).toEqual(['second', 'first'])
    expect(titles({ fromMs: noon })).toEqual(['second'])
    expect(titles({ toMs: noon - 1 })).toEqual(['first'])
    expect(titles({ address: '192.168.1.30' })).toEqual(['first'])
    expect(titles({ action: 'POST /api/unload' })).toEqual(['second'])
    expect(titles({ outcome: 'started' })).toEqual(['first'])
  })

  it('comes in pages that lose and repeat nothing while it grows', () => {
    for (let n = 0; n < 5; n++) audit.record(load({ title: `act ${n}` }))
    const first = audit.list({ limit: 2 })
    audit.record(load({ title: 'meanwhile' }))
    const second = audit.list({ limit: 2, cursor: first.next_cursor ?? '' })
    const third = audit.list({ limit: 2, cursor: second.next_cursor ?? '' })
    const all = [first, second, third].flatMap(({ entries }) => entries.map(({ title }) => title))
    expect(all).toEqual(['act 4', 'act 3', 'act 2', 'act 1', 'act 0'])
    expect(third.next_cursor).toBeNull()
    expect(() => audit.list({ limit: 2, cursor: '!' })).toThrow(/cursor/)
  })

  it('lists a refusal once in ten minutes, however often a program asks', async () => {
    const refused = load({ outcome: 'refused', code: 'LEASE_HELD', fence: 7 })
    for (let n = 0; n < 10_000; n++) audit.record(refused)
    audit.record({ ...refused, address: '192.168.1.30' })
    audit.record({ ...refused, fence: 8 })
    expect(titles()).toHaveLength(3)
    await clock.advance(10 * 60_000)
    audit.record(refused)
    expect(titles()).toHaveLength(4)
  })

  it('cannot be changed afterwards', () => {
    audit.record(load())
    expect(() => db.durable.exec("UPDATE audit SET address = 'nobody'")).toThrow(/only ever added/)
  })

  it('forgets what is older than its time, and the oldest beyond its size', async () => {
    audit.record(load({ title: 'old' }))
    await clock.advance(401 * DAY)
    audit.record(load({ title: 'new' }))
    createAudit({ db, clock })
    expect(titles()).toEqual(['new'])
    for (let n = 0; n < 20; n++) audit.record(load({ title: `act ${n}` }))
    createAudit({ db, clock, mostRows: 3 })
    expect(titles()).toEqual(['act 19', 'act 18', 'act 17'])
  })
})
