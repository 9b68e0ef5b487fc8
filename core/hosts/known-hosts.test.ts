import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { fingerprint, KnownHosts } from './known-hosts.ts'

const folder = mkdtempSync(join(tmpdir(), 'hosts-known-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'ssh', 'known_hosts')
const known = new KnownHosts(file)
beforeEach(() => rmSync(file, { force: true }))

function makeKey(type: 'ed25519' | 'ecdsa' = 'ed25519'): { wire: Buffer; line: string } {
  const pair = ssh2.utils.generateKeyPairSync(type as 'ecdsa', { bits: 256 })
  const [name = '', base64 = ''] = pair.public.split(' ')
  return { wire: Buffer.from(base64, 'base64'), line: `${name} ${base64}` }
}

const [first, second] = [makeKey(), makeKey()]
const other = makeKey('ecdsa')

it('prints fingerprints as OpenSSH does', () => {
  const github = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
  expect(fingerprint(Buffer.from(github, 'base64'))).toBe(
    'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  )
})

it('knows nobody until told so, and keeps what it was told', () => {
  expect(known.judge('192.0.2.1', 22, first.wire).is).toBe('unknown')
  known.trust('192.0.2.1', 22, first.wire)
  expect(new KnownHosts(file).judge('192.0.2.1', 22, first.wire).is).toBe('known')
  expect(readFileSync(file, 'utf8')).toBe(`192.0.2.1 ${first.line}\n`)
})

it('refuses a changed key with both fingerprints', () => {
  known.trust('192.0.2.1', 22, first.wire)
  expect(known.judge('192.0.2.1', 22, second.wire)).toEqual({
    is: 'changed',
    offered: fingerprint(second.wire),
    known: fingerprint(first.wire),
  })
})

it('takes a key of another type than the trusted one for changed, and asks for the known type', () => {
  known.trust('192.0.2.1', 22, other.wire)
  expect(known.judge('192.0.2.1', 22, first.wire).is).toBe('changed')
  expect(known.typesOf('192.0.2.1', 22)).toEqual(['ecdsa-sha2-nistp256'])
})

it('keeps ports apart, in brackets as OpenSSH does', () => {
  known.trust('192.0.2.1', 2222, first.wire)
  expect(readFileSync(file, 'utf8')).toMatch(/^\[192\.0\.2\.1\]:2222 ssh-ed25519 /)
  expect(known.judge('192.0.2.1', 22, first.wire).is).toBe('unknown')
  expect(known.judge('192.0.2.1', 2222, first.wire).is).toBe('known')
})

it('replaces the key of one name and leaves every other line alone', () => {
  const lines = ['# a comment', `spark-1,192.0.2.1 ${first.line} note`, `192.0.2.2 ${other.line}`]
  known.trust('x', 22, first.wire) // makes the folder
  writeFileSync(file, `${lines.join('\n')}\n`)
  known.trust('192.0.2.1', 22, second.wire)
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual([
    '# a comment',
    `spark-1 ${first.line} note`,
    `192.0.2.2 ${other.line}`,
    `192.0.2.1 ${second.line}`,
  ])
})

it('reads hashed names, and never trusts a revoked key', () => {
  const salt = Buffer.from('0123456789abcdefghij')
  const hash = createHmac('sha1', salt).update('192.0.2.1').digest('base64')
  known.trust('x', 22, first.wire)
  writeFileSync(
    file,
    [
      `|1|${salt.toString('base64')}|${hash} ${first.line}`,
      `192.0.2.3 ${second.line}`,
      `@revoked 192.0.2.3 ${second.line}`,
      '@cert-authority 192.0.2.9 ssh-ed25519 AAAA',
      'rubbish',
    ].join('\n'),
  )
  expect(known.judge('192.0.2.1', 22, first.wire).is).toBe('known')
  expect(known.judge('192.0.2.3', 22, second.wire)).toMatchObject({
    is: 'changed',
    known: `revoked: ${fingerprint(second.wire)}`,
  })
  known.trust('192.0.2.3', 22, second.wire)
  expect(known.judge('192.0.2.3', 22, second.wire).is).toBe('changed')
})
