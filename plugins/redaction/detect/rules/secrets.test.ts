import { createHash } from 'node:crypto'
import { base58 } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { foundBy } from '../testing.ts'

const found = foundBy()
/** Put together here, so that no scanner takes the test for a leak. */
const made = (prefix: string, length: number): string =>
  prefix + 'aB3dE5gH7jK9mN1pQ'.repeat(6).slice(0, length)

describe('secrets', () => {
  it.each([
    made('ghp_', 36),
    made('sk-proj-', 48),
    `${made('AKIA', 0)}IOSFODNN7EXAMPLE`,
    made('xoxb-', 40),
    made('glpat-', 20),
    made('hf_', 34),
    made('AIza', 35),
    `eyJhbGciOiJIUzI1NiJ9.${made('eyJ', 30)}.${made('', 43)}`,
  ])('knows %s by its form', (secret) => {
    expect(found(`export X ${secret} now`)).toEqual([`SECRET ${secret}`])
  })

  it.each([
    ['password: hunter2!', 'hunter2!'],
    ['DB_PASSWORD=letmein', 'letmein'],
    ['{"client_secret":"abc/def+1"}', 'abc/def+1'],
    ['my password is Tr0ub4dor', 'Tr0ub4dor'],
    ['Authorization: Bearer abc.def-123', 'Bearer abc.def-123'],
    ['the pin is 4711', '4711'],
    ['acmeToken := "rzqplwhdkv"', 'rzqplwhdkv'],
    ['var mailerKey string = `aXk29dkT`', 'aXk29dkT'],
    ['<stageKey>pQ29dkTzz1</stageKey>', 'pQ29dkTzz1'],
    ['acme login --token qwhzkvbn', 'qwhzkvbn'],
    ['password = "my dog, Rex"', 'my dog, Rex'],
    ['cache_key: wqhzkvbnrt', 'wqhzkvbnrt'],
    ['my password is swordfish', 'swordfish'],
    ['pw: correct horse battery staple', 'correct horse battery staple'],
  ])('knows the value in %s by its name', (text, secret) => {
    expect(found(text)).toContain(`SECRET ${secret}`)
  })

  it.each([
    'I forgot my password because the token expired',
    'primary_key: customer',
    'your password is not needed for that',
    'the password is wrong.',
    'sort_key = created_at',
    'token count: several tokens',
    'the monkey: a key to success',
  ])('takes %j for talk', (text) => {
    expect(found(text)).toEqual([])
  })

  it.each([
    'postgres://app:hunter2x@db.internal:5432/main',
    'https://example.org/hook?api_key=12345678',
    `$2b$12$${made('', 53)}`,
    `pat${made('', 14)}.${'0a1b2c3d'.repeat(8)}`,
  ])('masks %s as one secret', (secret) => {
    expect(found(`use ${secret} now`)).toEqual([`SECRET ${secret}`])
  })

  it('masks a PEM block to its end, and one that is cut off as far as it goes', () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${made('', 64)}\n-----END PRIVATE KEY-----`
    expect(found(`key:\n${pem}\nthanks`)).toContain(`SECRET ${pem}`)
    expect(found(`key: ${pem.slice(0, 60)}`).join()).toContain(pem.slice(0, 60))
  })

  it('masks long words without order', () => {
    expect(found(`digest ${made('', 40)} ok`)).toEqual([`SECRET ${made('', 40)}`])
    expect(found('digest kRtZqLwXbNvGhPjYcDmSfTaE ok')).toEqual(['SECRET kRtZqLwXbNvGhPjYcDmSfTaE'])
    expect(found('see very-long-name-of-a-branch-2 there')).toEqual([])
    expect(found('see AbstractSingletonFactoryBuilder there')).toEqual([])
  })

  it('reads base64 that says something', () => {
    const blob = Buffer.from('please write to bob@example.com soon').toString('base64')
    expect(found(`data ${blob} end`)).toEqual([`SECRET ${blob}`])
  })
})

describe('crypto currencies', () => {
  const body = Buffer.concat([Buffer.from([0]), Buffer.alloc(20, 7)])
  const sha = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
  const legacy = base58.encode(Buffer.concat([body, sha(sha(body)).subarray(0, 4)]))

  it.each([
    legacy,
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    '0x52908400098527886E0F7030069857D2E4169EE7',
  ])('%s', (address) => {
    expect(found(`send to ${address} now`)).toEqual([`CRYPTO ${address}`])
  })
})
