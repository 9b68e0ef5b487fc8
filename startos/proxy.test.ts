import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../core/hosts/testing/listen.ts'
import { createAuthority } from '../core/testing/certificates.ts'
import { isPresent } from '../core/testing/real/is-present.ts'
import { type SpawnedController, spawnController } from '../core/testing/spawn-controller.ts'
import { shellBlock } from '../docs/testing/code-blocks.ts'

const run = promisify(execFile)

/*
 * A controller started as in main.ts, asked as StartOS asks it: its proxy ends TLS and the login, takes
 * X-Forwarded-… of the client away, sets its own, and hands Host through. Here the proxy is this test.
 */
let controller: SpawnedController
const folder = mkdtempSync(join(tmpdir(), 'startos-proxy-'))
beforeAll(async () => {
  const file = join(folder, 'topology.yaml')
  writeFileSync(file, 'cluster: home\nhosts: {}\nservices: {}\n')
  controller = await spawnController([
    ...['start', file, '--data', folder, '--host', '127.0.0.1', '--port', '0'],
    ...['--trust-proxy', '127.0.0.1', '--allow-host', 'box.local,spark.example'],
  ])
}, 60_000)
afterAll(async () => {
  await controller.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const FORWARDED = {
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '192.168.1.20',
  'x-forwarded-user': 'admin',
  authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}`,
}

/** What a request that changes something is answered; validating a text changes nothing, but is a POST. */
const post = (host: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ text: 'cluster: home\n' })
    const call = request(`${controller.url}/api/topology/validate`, {
      method: 'POST',
      headers: { host, 'content-type': 'application/json', ...headers },
    })
    call.on('response', (answer) => resolve(answer.resume().statusCode ?? 0))
    call.on('error', reject)
    call.end(body)
  })

describe('through the proxy', () => {
  it.each([
    ['the own page', 'box.local', { origin: 'https://box.local' }, 200],
    [
      'the own page of a browser that says so',
      'box.local',
      { origin: 'https://box.local', 'sec-fetch-site': 'same-origin' },
      200,
    ],
    ['the own page under a port', 'box.local:62271', { origin: 'https://box.local:62271' }, 200],
    ['the own page under a domain', 'spark.example', { origin: 'https://spark.example' }, 200],
    [
      'the own page under an address',
      '192.168.1.5:9999',
      { origin: 'https://192.168.1.5:9999' },
      200,
    ],
    ['a program', 'box.local', {}, 200],
    ['a page elsewhere', 'box.local', { origin: 'https://other.example' }, 403],
    ['a page on another port', 'box.local:62271', { origin: 'https://box.local:62272' }, 403],
    ['a page that came without TLS', 'box.local', { origin: 'http://box.local' }, 403],
    [
      'a name that was bent to this address',
      'evil.example',
      { origin: 'https://evil.example' },
      421,
    ],
  ])('%s (Host %s) gets %s → %i', async (_who, host, headers, status) => {
    expect(await post(host, { ...FORWARDED, ...headers })).toBe(status)
  })

  it('a program is answered that asks as instructions.md says', async ({ skip }) => {
    if (!isPresent('curl')) skip()
    const authority = createAuthority('StartOS')
    const proxy = createServer(authority.certify({ names: ['box.local'] }), (req, res) => {
      if (req.headers.authorization !== FORWARDED.authorization) return res.writeHead(401).end()
      const headers = { ...req.headers, ...FORWARDED }
      request(controller.url + req.url, { headers }, (answer) => answer.pipe(res)).end()
    })
    const { port, close } = await listenOnLoopback(proxy)
    // what the system of an owner knows: the name, and who vouches for it
    writeFileSync(join(folder, 'ca.pem'), authority.cert)
    const curlrc = `resolve = "box.local:${port}:127.0.0.1"\ncacert = "${join(folder, 'ca.pem')}"\n`
    writeFileSync(join(folder, '.curlrc'), curlrc)
    const command = shellBlock('instructions.md', 'program')
      .replace('<password>', 'secret')
      .replace('<address>', `box.local:${port}`)
    const { stdout } = await run('sh', ['-euc', command], {
      env: { PATH: process.env.PATH, HOME: folder },
    })
    await close()
    expect(JSON.parse(stdout)).toMatchObject({ object: 'list' })
  })
})

describe('by the plain address on the bridge', () => {
  it('another package is let in without a login', async () => {
    expect(await post('10.0.3.1:49152', {})).toBe(200)
  })

  it('a page elsewhere is not', async () => {
    expect(await post('10.0.3.1:49152', { origin: 'https://other.example' })).toBe(403)
  })
})
