import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { checkPlugin, loadCatalog } from '../../../core/catalog.ts'
import { readTopologyText } from '../../../core/check-file.ts'
import { publicPlaces } from '../../../core/topology/public-places.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import plugin from '../index.ts'
import { createRig } from '../testing/rig.ts'

const check = async (services: string) => {
  const { diagnostics } = await readTopologyText(
    '/tmp/topology.yaml',
    `cluster: home\nhosts: { h: { address: 10.0.0.1 } }\nservices: { ${services} }\n`,
  )
  return diagnostics.map(({ path, code }) => `${path} ${code}`)
}
const frontier = (url: string) =>
  check(`r: { kind: redaction, frontier: { url: "${url}", models: [big-model] } }`)

it('takes a public server over TLS, and nothing else', async () => {
  expect(await frontier('https://api.example.com')).toEqual([])
  expect(await frontier('https://8.8.8.8:8443')).toEqual([])
  for (const url of [
    ...['http://api.example.com', 'https://api.example.com/v1', 'https://a@api.example.com'],
    ...['api.example.com', 'https://', 'ftp://api.example.com'],
  ])
    expect(await frontier(url)).not.toEqual([])
})

it('leaves every other server of a topology in the private ranges', async () => {
  expect(await check('o: { kind: openai, url: "https://8.8.8.8" }')).not.toEqual([])
})

it('can be had by no kind with a server of its own', () => {
  expect(() => checkPlugin({ ...plugin, place: 'host' } as never, 'redaction')).toThrow(
    /frontier\.url leaves the private ranges/,
  )
})

it('hands nothing through as it came, and speaks TLS alone', async () => {
  const settings = { requestTimeoutMs: null, isPublicAllowed: true, isCallOnly: true }
  expect(() => createUpstream({ ...settings, origin: 'http://api.example.com' })).toThrow(
    expect.objectContaining({ code: 'UPSTREAM_NOT_PRIVATE' }),
  )
  const upstream = createUpstream({ ...settings, origin: 'https://api.example.com' })
  const server = createServer((req, res) => {
    void upstream.forward(req, res, { path: '/v1/chat/completions', maxBytes: 1_000 })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'Alice' })
  expect([answer.status, (await answer.json()).error.code]).toEqual([502, 'UPSTREAM_NOT_PRIVATE'])
  await upstream.close()
  await new Promise((resolve) => server.close(resolve))
})

it('is the only place of all kinds that may leave the private ranges', async () => {
  const { kinds } = await loadCatalog()
  const places = [...kinds.values()].flatMap(({ plugin }) =>
    publicPlaces(plugin.settings).map((place) => `${plugin.kind}: ${place}`),
  )
  expect(places).toEqual(['redaction: frontier.url'])
})

it('is off unless the topology names models, and answers those names alone', () => {
  const off = createRig().running
  expect([off.models?.(), off.offers?.('POST /v1/chat/completions'), off.answers]).toEqual([
    ...[[], false, undefined],
  ])
  const settings = {
    frontier: {
      url: 'https://api.example.com',
      models: ['big-model'],
      path: '/v1/chat/completions',
      mode: 'strict' as const,
    },
  }
  const on = createRig({ settings }).running
  expect(on.models?.()).toEqual(['big-model'])
  expect(on.isNamedOnly).toBe(true)
})
