import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoorCall, Value } from '#core'
import { type Certified, createAuthority } from '../../../core/testing/certificates.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { Settings } from '../settings.ts'
import { createRig, refusalOf } from '../testing/rig.ts'

const ours = createAuthority('Ours')
const others = createAuthority('Others')
const good = ours.certify({ names: ['localhost'] })
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A model elsewhere with a certificate, which says what it was told; and the way to it. */
async function elsewhere({ cert, key }: Certified, ca: string | undefined) {
  const heard: string[] = []
  const server = createServer({ cert, key }, async (req, res) => {
    const asked = await textOf(req)
    heard.push(asked)
    const { stream, messages } = JSON.parse(asked)
    const said = `Dear ${messages[0].content}!`
    if (!stream) {
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ choices: [{ message: { content: said } }] }))
      return
    }
    res.setHeader('content-type', 'text/event-stream')
    for (const content of said)
      res.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    res.end('data: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const upstream = createUpstream({
    ...{ origin: url, requestTimeoutMs: null, isPublicAllowed: true, isCallOnly: true, ca },
  })
  closers.push(
    () => upstream.close(),
    () => new Promise((resolve) => server.close(resolve)),
  )
  const settings = Value.Default(Settings, { frontier: { url, models: ['big'], ca } }) as Settings
  const rig = createRig({ settings, upstream })
  const ask = async (more: object = {}) => {
    const body = { model: 'big', messages: [{ role: 'user', content: 'Alice Smith' }], ...more }
    const answer = await rig.running.answers?.['POST /v1/chat/completions']?.answer({
      headers: { 'content-type': 'application/json' },
      body: Readable.from([Buffer.from(JSON.stringify(body))]),
      signal: new AbortController().signal,
      caller: { address: '192.168.1.20' },
    } as unknown as DoorCall)
    return textOf(Readable.from(answer?.body ?? []))
  }
  return { ask, heard, rig }
}

describe('the certificates of these tests', () => {
  it('are what TLS takes for certificates', () => {
    const leaf = new X509Certificate(good.cert)
    expect(leaf.verify(new X509Certificate(ours.cert).publicKey)).toBe(true)
    expect(leaf.verify(new X509Certificate(others.cert).publicKey)).toBe(false)
    expect([leaf.checkHost('localhost'), leaf.checkHost('example.com')]).toEqual([
      ...['localhost', undefined],
    ])
  })
})

describe('a model elsewhere over TLS', () => {
  it('is asked with scrubbed text where its authority is that of frontier.ca', async () => {
    const { ask, heard } = await elsewhere(good, ours.cert)
    expect(JSON.parse(await ask()).choices[0].message.content).toBe('Dear Alice Smith!')
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatch(/\[\[PERSON/)
    expect(heard[0]).not.toMatch(/alice|smith/i)
  })

  it('is restored as it streams', async () => {
    const { ask, heard } = await elsewhere(good, ours.cert)
    const events = (await ask({ stream: true })).split('\n\n').filter((one) => one.includes('{'))
    const said = events.map((one) => JSON.parse(one.slice(6)).choices[0].delta.content ?? '')
    expect(said.join('')).toBe('Dear Alice Smith!')
    expect(heard[0]).not.toMatch(/alice|smith/i)
  })

  const DAY_MS = 86_400_000
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS)
  const over = ours.certify({ names: ['localhost'], from: ago(9), until: ago(2) })
  const early = ours.certify({ names: ['localhost'], from: ago(-2), until: ago(-9) })
  it.each<[string, Certified, string | undefined, RegExp]>([
    ['no authority of its own is known', good, undefined, /no authority that is known/],
    [
      'it is of another authority',
      others.certify({ names: ['localhost'] }),
      ours.cert,
      /authority/,
    ],
    ['it is of another name', ours.certify({ names: ['example.com'] }), ours.cert, /another name/],
    ['it is over', over, ours.cert, /is over/],
    ['it has not begun', early, ours.cert, /not valid yet/],
  ])('is sent nothing where %s', async (_, certified, ca, why) => {
    const { ask, heard, rig } = await elsewhere(certified, ca)
    const refusal = await refusalOf(ask())
    expect(refusal).toMatchObject({ code: 'UPSTREAM_FAILED', status: 502 })
    expect(refusal.told).toMatch(why)
    expect(refusal.told).toContain('Nothing was sent')
    expect(heard).toEqual([])
    expect(refusal.told + JSON.stringify([rig.logged, rig.notes])).not.toMatch(/alice|smith/i)
    expect(rig.notes).toMatchObject([{ outcome: 'failed' }])
  })
})
