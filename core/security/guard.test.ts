import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createNetServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { serveRequests } from '../upstream/continue.ts'
import { createCleanup, listen, rawCall } from '../upstream/testing/rig.ts'
import { type Access, createGuard } from './guard.ts'
import { writeRefusal } from './refusal.ts'

const open = createCleanup()
afterEach(open.run)

/** A controller of nothing but its guard; `acts` counts what got in. */
async function startGuarded(access: Partial<Access> = {}) {
  const guard = createGuard(
    { hosts: ['panel.lan'], trusted_origins: [], trusted_proxies: [], ...access },
    { hostname: 'Controller' },
  )
  const acts: string[] = []
  const server = createServer()
  serveRequests(server, (req, res) => {
    const refused = guard.check(req)
    if (refused) return writeRefusal(req, res, refused)
    const preflight = guard.preflight(req)
    if (preflight) return void res.writeHead(204, preflight).end()
    acts.push(`${req.method} ${req.url}`)
    res.writeHead(200, guard.headersFor(req)).end('in')
  })
  const { port, origin } = open.add(await listen(server))
  const call = (
    method: string,
    host: string,
    headers: Record<string, string> = {},
    path = '/api/x',
  ) =>
    rawCall(
      port,
      [
        `${method} ${path} HTTP/1.1`,
        `Host: ${host}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
    )
  return { acts, port, origin, call }
}

const status = (answer: string): number => Number(answer.slice(9, 12))

describe('the Host header', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:9999',
    '192.168.1.20:9999',
    '8.8.8.8',
    '[::1]',
    '[fd00::1]:9999',
    'localhost',
    'LOCALHOST:9999',
    'localhost.',
    'controller',
    'Controller:9999',
    'controller.local',
    'panel.lan',
    'PANEL.lan:80',
    'panel.lan.',
  ])('%s is known', async (host) => {
    const { call } = await startGuarded()
    expect(status(await call('GET', host))).toBe(200)
  })

  it.each([
    'evil.example',
    'panel.lan.evil.example',
    'evil-panel.lan',
    'x.panel.lan',
    'localhost.evil.example',
    'evil.localhost',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    '2130706433',
    '0x7f.1',
    '127.1',
    '[::1',
    '[127.0.0.1]',
    'panel.lan:99999999',
    'controller.lan',
    '..',
    '-',
  ])('%s is refused with 421, for reading too, and nothing happens', async (host) => {
    const { call, acts } = await startGuarded()
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await call(method, host, { Accept: 'text/event-stream' })
      expect(answer).toMatch(/^HTTP\/1\.1 421[\s\S]*HOST_REFUSED/)
    }
    expect(acts).toEqual([])
  })

  it('refused names the line to add, as JSON and as a page', async () => {
    const { call } = await startGuarded()
    const json = await call('GET', 'Spark.Home:8080')
    const { error } = JSON.parse(json.slice(json.indexOf('\r\n\r\n') + 4))
    expect(error.hint).toContain('topology.yaml: access: { hosts: [spark.home] }')
    const page = await call('GET', 'spark.home', { Accept: 'text/html,*/*' }, '/')
    expect(page).toMatch(/^HTTP\/1\.1 421/)
    expect(page).toContain('access: { hosts: [spark.home] }')
    expect(page).toContain("content-security-policy: default-src 'self'")
  })

  it('that is no listed name and no address never gets in', async () => {
    const { call, acts } = await startGuarded()
    const label = fc.stringMatching(/^[a-zA-Z0-9_.:[\]-]{1,24}$/)
    const around = fc.tuple(label, fc.constantFrom('panel.lan', 'localhost', '127.0.0.1'), label)
    const host = fc.oneof(
      label,
      around.map((parts) => parts.join('')),
    )
    await fc.assert(
      fc.asyncProperty(host, async (text) => {
        acts.length = 0
        await call('GET', text)
        if (acts.length > 0) expect(text).toMatch(KNOWN)
      }),
      { numRuns: 300 },
    )
  })

  it('a request of HTTP/1.0 without any is refused', async () => {
    const { port, acts } = await startGuarded()
    expect(await rawCall(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/)
    expect(acts).toEqual([])
  })
})

/** Written from the rules of Go's http.CrossOriginProtection: method, Sec-Fetch-Site, Origin. */
describe('a page elsewhere', () => {
  const own = 'https://panel.lan'
  const other = 'https://other.example'
  const friend = 'https://friend.example'
  it.each([
    ['POST', 'same-origin', '', 200],
    ['POST', 'none', '', 200],
    ['POST', 'cross-site', '', 403],
    ['POST', 'same-site', '', 403],
    ['POST', 'nonsense', '', 403],
    ['POST', 'same-origin, cross-site', '', 403],
    ['POST', '', '', 200],
    ['POST', '', own, 200],
    ['POST', '', 'http://panel.lan', 200],
    ['POST', '', 'HTTPS://Panel.LAN', 200],
    ['POST', '', 'https://panel.lan:443', 200],
    ['POST', '', 'https://panel.lan:8443', 403],
    ['POST', '', other, 403],
    ['POST', '', 'null', 403],
    ['POST', '', 'https://panel.lan.other.example', 403],
    ['POST', '', 'https://panel.lan@other.example', 403],
    ['POST', '', 'https://', 403],
    ['POST', '', 'file://panel.lan', 403],
    ['POST', 'same-site', own, 403],
    ['POST', 'cross-site', own, 403],
    ['POST', 'cross-site', other, 403],
    ['POST', '', friend, 200],
    ['POST', 'cross-site', friend, 200],
    ['POST', 'cross-site', `${friend}.other.example`, 403],
    ['PUT', 'cross-site', '', 403],
    ['PATCH', 'cross-site', '', 403],
    ['DELETE', 'cross-site', '', 403],
    ['DELETE', '', other, 403],
    ['PROPFIND', 'cross-site', '', 403],
    ['GET', 'cross-site', other, 200],
    ['HEAD', 'cross-site', other, 200],
    ['OPTIONS', 'cross-site', other, 200],
  ])('%s, Sec-Fetch-Site "%s", Origin "%s" → %i', async (method, site, origin, expected) => {
    const { call, acts } = await startGuarded({ trusted_origins: [friend] })
    const answer = await call(method, 'panel.lan', {
      ...(site && { 'Sec-Fetch-Site': site }),
      ...(origin && { Origin: origin }),
    })
    expect(status(answer)).toBe(expected)
    expect(acts.length).toBe(expected === 200 ? 1 : 0)
  })

  it('is told which line would let it in', async () => {
    const { call } = await startGuarded()
    const answer = await call('POST', 'panel.lan', { Origin: other })
    expect(answer).toContain(`access: { trusted_origins: [${other}] }`)
  })

  it('may not read: no answer opens itself to it, and a preflight gets nothing', async () => {
    const { call } = await startGuarded({ trusted_origins: [friend] })
    const asks = { Origin: other, 'Access-Control-Request-Method': 'PUT' }
    for (const answer of [
      await call('GET', 'panel.lan', { Origin: other }),
      await call('OPTIONS', 'panel.lan', asks),
    ]) {
      expect(answer).not.toMatch(/access-control/i)
      expect(answer).toContain('cross-origin-resource-policy: same-origin')
    }
  })

  it('that is trusted may read, and its preflight is answered', async () => {
    const { call, acts } = await startGuarded({ trusted_origins: [`${friend}/`] })
    const answer = await call('GET', 'panel.lan', { Origin: friend })
    expect(answer).toContain(`access-control-allow-origin: ${friend}\r\n`)
    expect(answer).toContain('vary: origin')
    const preflight = await call('OPTIONS', 'panel.lan', {
      Origin: friend,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'content-type, idempotency-key',
    })
    expect(preflight).toMatch(/^HTTP\/1\.1 204/)
    expect(preflight).toContain('access-control-allow-headers: content-type, idempotency-key')
    expect(acts).toEqual(['GET /api/x'])
  })

  it('"null" is never trusted, even if somebody lists it', async () => {
    const { call } = await startGuarded({ trusted_origins: ['null'] })
    expect(status(await call('POST', 'panel.lan', { Origin: 'null' }))).toBe(403)
    expect(await call('GET', 'panel.lan', { Origin: 'null' })).not.toMatch(/access-control/i)
  })
})

describe('behind something', () => {
  /** Ends TLS (by a shared key, so without a certificate) and passes on with its header. */
  async function startTlsProxy(port: number) {
    const key = Buffer.from('0123456789abcdef')
    const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const
    const server = createTlsServer({ ...tls, pskCallback: () => key }, (req, res) => {
      const headers = { ...req.headers, 'x-forwarded-proto': 'https' }
      const up = httpRequest({
        port,
        host: '127.0.0.1',
        path: req.url,
        method: req.method,
        headers,
      })
      up.on('response', (answer) => {
        res.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(res)
      })
      req.pipe(up)
    })
    const { port: tlsPort } = open.add(await listen(server))
    return async (origin: string): Promise<number> => {
      const socket = connectTls({
        ...tls,
        port: tlsPort,
        host: '127.0.0.1',
        pskCallback: () => ({ psk: key, identity: 'test' }),
        checkServerIdentity: () => undefined,
      })
      const headers = { host: 'panel.lan', origin }
      const call = httpRequest({ method: 'POST', headers, createConnection: () => socket })
      call.end()
      const [answer] = (await once(call, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode ?? 0
    }
  }

  it.each(['127.0.0.1', '127.0.0.0/8'])(
    'a TLS proxy that is trusted (%s): the page on https may act, one on plain http may not',
    async (proxy) => {
      const { port, acts } = await startGuarded({ trusted_proxies: ['fd00::/8', proxy] })
      const post = await startTlsProxy(port)
      expect(await post('https://panel.lan')).toBe(200)
      expect(await post('http://panel.lan')).toBe(403)
      expect(await post('https://other.example')).toBe(403)
      expect(acts).toEqual(['POST /'])
    },
  )

  it('a TLS proxy nobody named: the page on https may act all the same', async () => {
    const { port } = await startGuarded()
    const post = await startTlsProxy(port)
    expect(await post('https://panel.lan')).toBe(200)
    expect(await post('https://other.example')).toBe(403)
  })

  it('X-Forwarded-Proto of anybody else counts for nothing', async () => {
    const { call } = await startGuarded({ trusted_proxies: ['10.9.9.9'] })
    const headers = { Origin: 'http://panel.lan', 'X-Forwarded-Proto': 'https' }
    expect(status(await call('POST', 'panel.lan', headers))).toBe(200)
  })

  it('a mapped port: the page under the outer port may act, whatever port we listen on', async () => {
    const { port, acts } = await startGuarded()
    const mapped = open.add(
      await listen(
        createNetServer((outer) => {
          const inner = connect(port, '127.0.0.1')
          outer.pipe(inner).pipe(outer)
          inner.on('error', () => outer.destroy())
        }),
      ),
    )
    for (const [from, expected] of [
      [mapped.origin, 200],
      [`http://127.0.0.1:${port}`, 403],
    ] as const) {
      const answer = await rawCall(
        mapped.port,
        `POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:${mapped.port}\r\nOrigin: ${from}\r\nConnection: close\r\n\r\n`,
      )
      expect(status(answer)).toBe(expected)
    }
    expect(acts).toEqual(['POST /api/x'])
  })
})

describe('headers', () => {
  it('of a page allow what the controller serves and no inline script, in no frame', async () => {
    const { call } = await startGuarded()
    const page = await call('GET', 'panel.lan', {}, '/models')
    const policy = /content-security-policy: (.*)\r/.exec(page)?.[1] ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy.split(';').find((part) => part.includes('script-src'))).not.toContain('unsafe')
    for (const line of [
      'x-content-type-options: nosniff',
      'referrer-policy: same-origin',
      'cross-origin-opener-policy: same-origin',
      'cross-origin-resource-policy: same-origin',
    ]) {
      expect(page).toContain(line)
    }
  })

  it.each(['/v1/models', '/api', '/api/llm/x', '/api?x=1'])(
    'of %s make it no page',
    async (path) => {
      const { call } = await startGuarded()
      const answer = await call('GET', 'panel.lan', {}, path)
      expect(answer).toContain("default-src 'none'; frame-ancestors 'none'; sandbox")
    },
  )
})

it('an upload is refused before its body is asked for', async () => {
  const { port } = await startGuarded()
  const answer = await rawCall(
    port,
    'POST /api/x HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 421/)
})

const KNOWN =
  /^((panel\.lan|localhost|controller(\.local)?)\.?|\d+\.\d+\.\d+\.\d+\.?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i
