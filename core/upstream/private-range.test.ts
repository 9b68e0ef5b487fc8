import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstream } from './pool-upstream.ts'
import { createPrivateLookup } from './private-lookup.ts'
import { classifyAddress } from './private-range.ts'
import { createCleanup, startServer } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

describe('which addresses are private', () => {
  it.each([
    ['private', '10.0.0.1', '10.255.255.255', '127.0.0.1', '172.16.0.1', '172.31.255.255'],
    ['private', '192.168.1.20', '100.64.0.1', '100.127.255.255', '::1', '[::1]', 'fd00::1'],
    ['private', 'fc00::1', '[fdab:1::2]', '::ffff:10.0.0.1', '::ffff:a00:1'],
    ['public', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '100.63.0.1', '100.128.0.1'],
    ['public', '169.254.169.254', '169.254.0.1', '0.0.0.0', '0.1.2.3', '255.255.255.255'],
    ['public', '224.0.0.1', '::', '2001:db8::1', 'fe80::1', '::ffff:8.8.8.8', '64:ff9b::a00:1'],
    ['public', '::ffff:169.254.169.254', '::10.0.0.1', '[2606:4700::1111]'],
    ['odd', '0177.0.0.1', '2130706433', '0x7f000001', '127.1', '10.1', '127.0.0.1.', '0x7f.1'],
    [
      'odd',
      'fe80::1%eth0',
      '[fe80::1%eth0]',
      '',
      '[10.0.0.1]',
      'a..b',
      '-a',
      'a b',
      'a_b!',
      '[::1',
      '1.2.3.4.5',
      'spark.1',
      '.',
    ],
    ['name', 'spark-1', 'spark-1.local', 'a.b.c', 'localhost', 'spark_1', 'spark.lan.'],
  ])('%s: %s %s %s …', (kind, ...hosts) => {
    for (const host of hosts) expect([host, classifyAddress(host)]).toEqual([host, kind])
  })

  it('no IPv4 address outside the four ranges passes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const isListed =
          /^(10|127|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
            address,
          )
        expect(classifyAddress(address)).toBe(isListed ? 'private' : 'public')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('an upstream outside the private ranges', () => {
  const at =
    (origin: string, isPublicAllowed = false) =>
    () =>
      createUpstream({ origin, requestTimeoutMs: null, isPublicAllowed })

  it.each([
    'http://8.8.8.8',
    'http://169.254.169.254',
    'http://[2001:db8::1]:80',
    'https://1.1.1.1',
  ])('%s is refused', (origin) => {
    expect(at(origin)).toThrow(expect.objectContaining({ code: 'UPSTREAM_NOT_PRIVATE' }))
    expect(at(origin, true)).not.toThrow()
  })

  it.each([
    'http://2130706433:80',
    'http://0177.0.0.1',
    'http://127.1',
    'http://user@10.0.0.1',
    'http://10.0.0.1/path',
    'ftp://10.0.0.1',
    '10.0.0.1',
    'http://',
  ])('%s is refused even where public ones are allowed', (origin) => {
    expect(at(origin, true)).toThrow(expect.objectContaining({ code: 'UPSTREAM_NOT_PRIVATE' }))
  })

  it.each([
    ['http://10.0.0.1:8888/', 'http://10.0.0.1:8888'],
    ['http://[FD00::1]:1', 'http://[fd00::1]:1'],
    ['HTTP://Spark.LAN', 'http://spark.lan'],
  ])('%s is written as %s', (origin, written) => {
    expect(at(origin)().origin).toBe(written)
  })
})

describe('a name', () => {
  const lookupOf = (...answers: string[][]) => {
    const rounds = [...answers]
    return createPrivateLookup((_name, done) =>
      done(
        null,
        (rounds.shift() ?? []).map((address) => ({ address, family: 4 })),
      ),
    )
  }

  it('is judged at each connection: one that flips to a public address connects no more', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.setHeader('connection', 'close')
        res.end('{}')
      }),
    )
    const upstream = open.add(
      createUpstream({
        origin: `http://spark.test:${server.port}`,
        requestTimeoutMs: null,
        lookup: lookupOf(['127.0.0.1'], ['93.184.216.34'], ['127.0.0.1', '93.184.216.34']),
      }),
    )
    expect((await upstream.request('/')).status).toBe(200)
    for (let round = 0; round < 2; round += 1) {
      await expect(upstream.request('/')).rejects.toMatchObject({
        code: 'UPSTREAM_NOT_PRIVATE',
        message: expect.stringContaining('93.184.216.34'),
      })
    }
    expect(server.accepted).toBe(1)
  })

  it('that resolves to nothing is unreachable', async () => {
    const origin = 'http://spark.test:1'
    const upstream = open.add(
      createUpstream({ origin, requestTimeoutMs: null, lookup: lookupOf([]) }),
    )
    await expect(upstream.request('/')).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  })

  it('of this machine resolves to its IPv4 address', async () => {
    const server = open.add(await startServer((_req, res) => res.end('{}')))
    const origin = `http://localhost:${server.port}`
    const upstream = open.add(createUpstream({ origin, requestTimeoutMs: null }))
    expect((await upstream.request('/')).status).toBe(200)
  })
})
