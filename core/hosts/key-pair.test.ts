import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, expect, it, vi } from 'vitest'
import { isPresent } from '../testing/real/is-present.ts'
import { keepKeyPair, makeKeyPair, readKeyPair } from './key-pair.ts'
import { takeTime } from './testing/soon.ts'

takeTime()

const folder = mkdtempSync(join(tmpdir(), 'hosts-key-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'ssh', 'id_ed25519')

it('makes a key at the first start and keeps it', () => {
  const made = keepKeyPair(folder)
  expect(made.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68} spark-control@\S+$/)
  expect(keepKeyPair(folder)).toEqual(made)
  expect(readFileSync(`${file}.pub`, 'utf8')).toBe(`${made.publicKey}\n`)
})

it('lets nobody else read it, and puts that right', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600)
  chmodSync(file, 0o644)
  keepKeyPair(folder)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it.runIf(isPresent('ssh-keygen'))('is one that ssh-keygen reads', () => {
  const line = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' })
  expect(line.trim()).toBe(keepKeyPair(folder).publicKey)
})

it('says which file is no key that can be used', () => {
  const bad = join(folder, 'bad')
  writeFileSync(bad, 'hello')
  expect(() => readKeyPair(bad)).toThrow(/bad is no private key/)
  const locked = ssh2.utils.generateKeyPairSync('ed25519', {
    passphrase: 'x',
    cipher: 'aes256-cbc',
    rounds: 1,
  })
  writeFileSync(bad, locked.private)
  expect(() => readKeyPair(bad)).toThrow(/passphrase/)
  expect(() => readKeyPair(join(folder, 'none'))).toThrow(/none/)
})

it('is made again when ssh2 wrote one that it cannot read itself', () => {
  const generate = ssh2.utils.generateKeyPairSync
  let bad = generate('ed25519')
  for (let i = 0; !(ssh2.utils.parseKey(bad.private) instanceof Error); i++) {
    expect(i).toBeLessThan(20_000)
    bad = generate('ed25519')
  }
  const spy = vi.spyOn(ssh2.utils, 'generateKeyPairSync').mockReturnValueOnce(bad)
  const made = makeKeyPair('test')
  spy.mockRestore()
  expect(made.private).not.toBe(bad.private)
  expect(ssh2.utils.parseKey(made.private)).not.toBeInstanceOf(Error)
})
