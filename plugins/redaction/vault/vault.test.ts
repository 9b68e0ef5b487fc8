import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../core/testing/fake-clock.ts'
import { placeholderOf } from '../placeholder/placeholder.ts'
import { type Entry, restoreText } from '../rehydrate/restorer.ts'
import { memoryFile, memoryStore } from '../testing/memory.ts'
import { draftOf, type Session } from './session.ts'
import { createVault } from './vault.ts'

const HOUR = 3_600_000
const person = (surface: string): Entry => ({ type: 'PERSON', surface })

function open() {
  const store = memoryStore()
  const keyFile = memoryFile()
  const clock = createFakeClock()
  const start = (mostSessions?: number) =>
    createVault({ store, keyFile, clock, ttlMs: HOUR, ...(mostSessions && { mostSessions }) })
  return { store, keyFile, clock, start, vault: start() }
}

/** Adds values to a session as a request does. */
function add(
  vault: ReturnType<typeof createVault>,
  session: Session,
  ...entries: Entry[]
): number[] {
  const draft = draftOf(session)
  const ordinals = entries.map((entry) => draft.place(entry))
  vault.append(session, draft.added)
  return ordinals
}
const codeOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (thrown) {
    return (thrown as { code?: string }).code
  }
}

describe('the vault', () => {
  it('gives back what was put in, also after a restart', () => {
    const { start, vault } = open()
    const session = vault.begin(null)
    expect(session.handle).toMatch(/^[A-Za-z0-9_-]{22}$/)
    add(vault, session, person('Alice'), { type: 'NUM', surface: '7', isNumber: true })
    const text = placeholderOf('PERSON', 1, session.checkOf)
    const again = start().open(session.handle, null)
    expect(again.entries).toEqual([person('Alice'), { type: 'NUM', surface: '7', isNumber: true }])
    expect(restoreText(text, again, { format: 'text' })).toBe('Alice')
  })

  it('only adds: a value keeps its placeholder, an equal one gets the same', () => {
    const { vault } = open()
    const { handle } = addedTo(vault, 'Alice', 'Bob')
    const later = vault.open(handle, null)
    expect(add(vault, later, person('Carol'), person('Alice'), person('ALICE'))).toEqual([3, 1, 4])
    expect(vault.open(handle, null).entries.map(({ surface }) => surface)).toEqual([
      ...['Alice', 'Bob', 'Carol', 'ALICE'],
    ])
  })

  it('holds 10,000 values without two sharing a placeholder', () => {
    const { vault } = open()
    const values = Array.from({ length: 10_000 }, (_, n) => `user${n}@example.org`)
    const session = vault.begin(null)
    add(vault, session, ...values.map((surface): Entry => ({ type: 'EMAIL', surface })))
    const kept = vault.open(session.handle, null)
    const placeholders = values.map((_, n) => placeholderOf('EMAIL', n + 1, kept.checkOf))
    expect(new Set(placeholders).size).toBe(10_000)
    expect(restoreText(placeholders.join(' '), kept, { format: 'text' })).toBe(values.join(' '))
  })

  it('refuses what would number two values alike', () => {
    const { vault } = open()
    const { handle } = addedTo(vault, 'Alice')
    const [one, two] = [vault.open(handle, null), vault.open(handle, null)]
    add(vault, one, person('Bob'))
    expect(codeOf(() => add(vault, two, person('Carol')))).toBe('SESSION_CHANGED')
  })

  it('belongs to the token it was begun with, and to nobody else', () => {
    const { vault } = open()
    const session = vault.begin('crm')
    add(vault, session, person('Alice'))
    for (const owner of [null, 'agent'])
      for (const act of [
        () => vault.open(session.handle, owner),
        () => vault.append(session.owner === owner ? session : { ...session, owner }, []),
      ])
        expect(codeOf(act)).toBe('HANDLE_UNKNOWN')
    expect(vault.remove(session.handle, 'agent')).toBe(false)
    expect(vault.open(session.handle, 'crm').entries).toHaveLength(1)
    expect(vault.remove(session.handle, 'crm')).toBe(true)
  })

  it('is empty of a session once it was deleted, and never fills it again', () => {
    const { store, vault } = open()
    const session = addedTo(vault, 'Alice')
    expect(vault.remove(session.handle, null)).toBe(true)
    expect(store.keys('session/')).toEqual([])
    expect(codeOf(() => vault.open(session.handle, null))).toBe('HANDLE_UNKNOWN')
    expect(vault.remove(session.handle, null)).toBe(false)
    const grown = { ...session, entries: [person('Alice')] }
    expect(codeOf(() => vault.append(grown, [person('Bob')]))).toBe('HANDLE_UNKNOWN')
  })

  it('forgets a session that was not used for its time', async () => {
    const { store, clock, vault } = open()
    const used = addedTo(vault, 'Alice')
    const left = addedTo(vault, 'Bob')
    await clock.advance(HOUR * 0.6)
    vault.open(used.handle, null)
    await clock.advance(HOUR * 0.6)
    expect(codeOf(() => vault.open(left.handle, null))).toBe('HANDLE_UNKNOWN')
    vault.prune()
    expect(vault.size).toBe(1)
    expect(store.keys('session/')).toHaveLength(2)
    expect(vault.open(used.handle, null).entries).toHaveLength(1)
  })

  it('keeps no more sessions than it may', () => {
    const { start } = open()
    const vault = start(2)
    addedTo(vault, 'Alice')
    addedTo(vault, 'Bob')
    expect(codeOf(() => vault.begin(null))).toBe('VAULT_FULL')
  })

  it('keeps neither values nor handles where they can be read', () => {
    const { store, keyFile, vault } = open()
    const { handle } = addedTo(vault, 'Alice Example')
    const kept = [...store.rows].flat().join('\n') + keyFile.bytes?.toString('hex')
    for (const text of [
      'Alice',
      'Example',
      handle,
      Buffer.from(handle, 'base64url').toString('hex'),
    ])
      expect(kept.toLowerCase()).not.toContain(text.toLowerCase())
  })

  const chunk = (key: string): boolean => key.split('/').length === 3
  it.each([
    ['changed', (text: string) => text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['cut', (text: string) => text.slice(0, -8)],
  ])('refuses a session whose box was %s, and no other', (_, spoil) => {
    for (const isChunk of [true, false]) {
      const { store, vault } = open()
      const whole = addedTo(vault, 'Bob')
      const before = new Set(store.rows.keys())
      const { handle } = addedTo(vault, 'Alice')
      const key = [...store.rows.keys()].find(
        (each) => !before.has(each) && chunk(each) === isChunk,
      )
      const row = JSON.parse(store.rows.get(key ?? '') ?? '')
      const spoiled = isChunk ? spoil(row) : { ...row, box: spoil(row.box) }
      store.rows.set(key ?? '', JSON.stringify(spoiled))
      expect(codeOf(() => vault.open(handle, null))).toBe('VAULT_DAMAGED')
      expect(vault.open(whole.handle, null).entries).toHaveLength(1)
    }
  })

  it('refuses boxes that were swapped, left out, or given more time', () => {
    const { store, vault } = open()
    const session = addedTo(vault, 'Alice')
    add(vault, vault.open(session.handle, null), person('Bob'))
    const [first = '', second = ''] = store.keys('session/').filter(chunk)
    const rows = new Map(store.rows)
    const isRefused = () =>
      expect(codeOf(() => vault.open(session.handle, null))).toBe('VAULT_DAMAGED')
    store.rows.set(first, rows.get(second) ?? '').set(second, rows.get(first) ?? '')
    isRefused()
    store.rows.set(first, rows.get(first) ?? '').delete(second)
    isRefused()
    store.rows.set(second, rows.get(second) ?? '')
    const [head = ''] = store.keys('session/')
    const row = JSON.parse(rows.get(head) ?? '')
    store.rows.set(head, JSON.stringify({ ...row, expires_at: row.expires_at + HOUR }))
    isRefused()
  })

  it.each([
    ['is gone', () => undefined],
    ['is another', () => Buffer.alloc(32, 1)],
    ['is no key', () => Buffer.from('short')],
    [
      'cannot be read',
      () => {
        throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
      },
    ],
  ])('stays closed when its key file %s, and loses nothing by it', (_, read) => {
    const { store, keyFile, start, vault } = open()
    const { handle } = addedTo(vault, 'Alice')
    const rows = JSON.stringify([...store.rows])
    const right = keyFile.bytes
    keyFile.read = read
    const closed = start()
    expect(closed.closed).toContain('keys/redaction.key')
    for (const act of [
      () => closed.begin(null),
      () => closed.open(handle, null),
      () => closed.remove(handle, null),
    ])
      expect(codeOf(act)).toBe('VAULT_CLOSED')
    expect(JSON.stringify([...store.rows])).toBe(rows)
    expect(keyFile.bytes).toBe(right)
    keyFile.read = () => right
    expect(start().open(handle, null).entries).toEqual([person('Alice')])
  })
})

function addedTo(vault: ReturnType<typeof createVault>, ...names: string[]): Session {
  const session = vault.begin(null)
  add(vault, session, ...names.map(person))
  return session
}
