import { expect, it } from 'vitest'
import { openDatabase } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createSessions, SESSION_MS } from './sessions.ts'
import { createToken, createTokenFinder, hashToken, isEnough, type TokenSpec } from './tokens.ts'

const spec = (name: string, token: string): TokenSpec => ({
  name,
  scope: 'use',
  hash: hashToken(token),
})

it('a token is found by itself alone', () => {
  const [alice, bob] = [createToken(), createToken()]
  const find = createTokenFinder([spec('alice', alice), spec('bob', bob)])
  expect([find(alice)?.name, find(bob)?.name]).toEqual(['alice', 'bob'])
  for (const other of ['', createToken(), alice.slice(0, -1), hashToken(alice)])
    expect(find(other)).toBeUndefined()
})

it('each scope includes those below it', () => {
  const scopes = ['read', 'use', 'operate'] as const
  expect(scopes.map((scope) => scopes.filter((effect) => isEnough(scope, effect)))).toEqual([
    ['read'],
    ['read', 'use'],
    ['read', 'use', 'operate'],
  ])
})

it('a session survives a restart, ends after 30 days, and its id is nowhere on the disk', () => {
  const db = openDatabase(':memory:')
  const clock = createFakeClock()
  const open = () => createSessions(createKeyValue(db, 'sessions'), clock)
  const id = open().open('sha256:a')
  expect(open().find(id)).toBe('sha256:a')
  expect(JSON.stringify(db.durable.prepare('SELECT * FROM kv').all())).not.toContain(id)
  clock.set(clock.now() + SESSION_MS)
  expect(open().find(id)).toBeUndefined()
  open().open('sha256:b')
  expect(createKeyValue(db, 'sessions').keys()).toHaveLength(1)
})
