import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const MODEL = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const EVIL = 'https://evil.example'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ clockSpeed: 1 })
})
afterAll(() => cluster?.close())

interface Got {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** fetch sets Host, Origin and Sec-Fetch-Site by itself, so this asks by hand. */
function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Got> {
  const { port } = new URL(cluster.url)
  return new Promise((resolve, reject) => {
    const req = request(
      {
        ...{ host: '127.0.0.1', port, method, path, agent: false },
        headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
      },
      (res) => {
        let text = ''
        const done = () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text })
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => {
          text += chunk
          // a stream does not end by itself
          if (!text.includes('event: snapshot')) return
          done()
          res.destroy()
        })
        res.on('end', done)
        res.on('error', reject)
      },
    )
    req.on('error', reject)
    req.end(body)
  })
}

const WRITES: [method: string, path: string, body: object][] = [
  ['POST', '/api/swap', { model: MODEL }],
  ['POST', '/api/unload', {}],
  ['POST', '/api/llm/unload', {}],
  ['POST', '/api/services/llm/actions/unload', {}],
  ['PUT', '/api/models/nvidia--Gemma-4-26B-A4B-NVFP4/recipe', {}],
  ['DELETE', '/api/models/nvidia--Gemma-4-26B-A4B-NVFP4/recipe', {}],
  ['POST', '/api/models/rescan', {}],
  ['POST', '/api/topology/validate', { text: '' }],
  ['PUT', '/api/sandbox/faults/oom', {}],
  ['DELETE', '/api/sandbox/faults', {}],
  ['POST', '/v1/chat/completions', { model: 'Qwen/Qwen3.6-35B-A3B-FP8', messages: [] }],
]

const READS = [
  '/',
  '/healthz',
  '/metrics',
  '/api',
  '/api/openapi.json',
  '/api/topology',
  '/api/hosts',
  '/api/services',
  '/api/models',
  '/api/jobs',
  '/api/events',
  '/api/services/llm/logs',
  '/v1/models',
]

/** What browsers say of a page elsewhere: all of them since 2023, older ones, and a sandboxed frame. */
const FOREIGN: [string, Record<string, string>][] = [
  ['a cross-site page', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
  ['a page of the same site', { origin: 'http://other.lan', 'sec-fetch-site': 'same-site' }],
  ['a page in an old browser', { origin: EVIL }],
  ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a page on another port', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
]

describe('a page on another origin', () => {
  it.each(FOREIGN)('cannot change anything: %s', async (_, headers) => {
    const before = cluster.commands().length
    for (const [method, path, body] of WRITES) {
      // a form sends text/plain, which needs no leave beforehand
      for (const type of ['application/json', 'text/plain']) {
        const sent = { ...headers, 'content-type': type }
        const got = await ask(method, path, sent, JSON.stringify(body))
        expect([method, path, got.status]).toEqual([method, path, 403])
        expect(got.text.toLowerCase()).toContain('origin_refused')
        expect(got.headers['access-control-allow-origin']).toBeUndefined()
      }
    }
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
    const { body } = await cluster.ask<{ jobs: unknown[] }>('/api/jobs')
    expect(body.jobs).toEqual([])
  })

  it.each(FOREIGN)('cannot read anything: %s', async (_, headers) => {
    for (const path of READS.filter((path) => !path.endsWith('/logs'))) {
      const got = await ask('GET', path, headers)
      expect([path, got.headers['access-control-allow-origin']]).toEqual([path, undefined])
      expect(got.headers['access-control-allow-credentials']).toBeUndefined()
      // keeps <img>, <script> and the like from carrying it in
      expect([path, got.headers['cross-origin-resource-policy']]).toEqual([path, 'same-origin'])
      expect(got.headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('gets no leave from a preflight', async () => {
    for (const [method, path] of WRITES) {
      const got = await ask('OPTIONS', path, {
        origin: EVIL,
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      })
      expect(got.headers['access-control-allow-origin']).toBeUndefined()
      expect(got.headers['access-control-allow-methods']).toBeUndefined()
    }
  })

  it('cannot put the dashboard into a frame', async () => {
    const { headers } = await ask('GET', '/', { accept: 'text/html' })
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  it('is told apart from the dashboard itself', async () => {
    const own = {
      origin: cluster.url,
      'sec-fetch-site': 'same-origin',
      host: new URL(cluster.url).host,
    }
    const got = await ask('POST', '/api/models/rescan', own)
    expect(got.status).toBe(200)
  })
})

describe('a name that was rebound to this address', () => {
  it('is refused on every path, however it is asked', async () => {
    const before = cluster.commands().length
    for (const host of [
      'evil.example',
      'evil.example:9999',
      'localhost.evil.example',
      '1.2.3.4.evil.example',
    ]) {
      for (const path of [...READS, '/assets/x.js', '/favicon.svg'])
        expect([path, (await ask('GET', path, { host })).status]).toEqual([path, 421])
      for (const [method, path, body] of WRITES)
        expect([path, (await ask(method, path, { host }, JSON.stringify(body))).status]).toEqual([
          path,
          421,
        ])
      expect((await ask('OPTIONS', '/api/swap', { host })).status).toBe(421)
    }
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
  })

  it('gets a page that names the line to add', async () => {
    const got = await ask('GET', '/', { host: 'spark.example', accept: 'text/html' })
    expect(got).toMatchObject({ status: 421 })
    expect(got.headers['content-type']).toContain('text/html')
    expect(got.text).toContain('topology.yaml')
    expect(got.text).toContain('access: { hosts: [spark.example] }')
    const json = await ask('GET', '/api/hosts', { host: 'spark.example' })
    expect(JSON.parse(json.text).error).toMatchObject({
      code: 'HOST_REFUSED',
      hint: expect.stringContaining('access: { hosts: [spark.example] }'),
    })
  })

  it('does not bring markup into that page', async () => {
    const got = await ask('GET', '/', { host: '<script>alert(1)</script>', accept: 'text/html' })
    expect([400, 421]).toContain(got.status)
    expect(got.text).not.toContain('<script>')
  })

  it('is refused before an upload is asked for', async () => {
    const said = await raw(
      'POST /v1/chat/completions HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\n' +
        'Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n',
    )
    expect(said).toMatch(/^HTTP\/1\.1 421 /)
    expect(said).not.toContain('100 Continue')
  })

  it('is refused when it comes beside a good one, or in the request line', async () => {
    const two = await raw(
      'GET /api/hosts HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n',
    )
    expect(two).toMatch(/^HTTP\/1\.1 4\d\d /)
    const absolute = await raw(
      'GET http://evil.example/api/hosts HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    )
    expect(absolute).toMatch(/^HTTP\/1\.1 4\d\d /)
    const none = await raw('GET /api/hosts HTTP/1.0\r\n\r\n')
    expect(none).toMatch(/^HTTP\/1\.1 4\d\d /)
  })
})

describe('an address of the controller itself', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:9999',
    '10.1.2.3',
    '192.168.1.7:80',
    '8.8.8.8',
    '[::1]',
    '[::1]:9999',
    '[fd00::7]:8443',
    'localhost',
    'LocalHost:1234',
    'localhost.',
    hostname(),
    `${hostname()}.local`,
  ])('passes as %s', async (host) => {
    expect((await ask('GET', '/healthz', { host })).status).toBe(200)
    expect((await ask('GET', '/api/events', { host })).text).toContain('event: snapshot')
    expect((await ask('GET', '/v1/models', { host })).status).toBe(200)
  })
})

const isBuilt = existsSync(fileURLToPath(new URL('../../../dist/ui/index.html', import.meta.url)))

describe('the dashboard', () => {
  it('lets no other script run and no other server be asked', async () => {
    const got = await ask('GET', '/', { accept: 'text/html' })
    expect(got.status).toBe(isBuilt ? 200 : 404)
    expect(got.headers['content-security-policy']).toContain("script-src 'self'")
    expect(got.headers['content-security-policy']).toContain("default-src 'self'")
  })
})

/** Sends bytes and gives back what came until the other side closed or said enough. */
function raw(text: string): Promise<string> {
  const { port } = new URL(cluster.url)
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => socket.write(text))
    socket.on('data', (chunk) => {
      said += chunk.toString()
      if (said.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })
}
