import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../certificates.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

/** Nothing in it is known to the kind itself, so that only a model masks it. */
const TEXT = 'We had a long talk about the 🍁 Harvest'
const authority = createAuthority('Test')
const folder = mkdtempSync(join(tmpdir(), 'redaction-model-'))
const servers: Server[] = []
const heardElsewhere: string[] = []
const heardByAnalyzer: string[] = []
let cluster: TestCluster
let good: string
let revision = 0
let give: (res: ServerResponse) => void = () => {}

const listen = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  const analyzer = await listen(
    createServer(async (req, res) => {
      const asked = await textOf(req)
      if (req.url !== '/analyze') return res.writeHead(404).end()
      heardByAnalyzer.push(asked)
      give(res)
    }),
  )
  const elsewhere = await listen(
    createTlsServer(authority.certify({ names: ['localhost'] }), async (req, res) => {
      const asked = await textOf(req)
      heardElsewhere.push(asked)
      const { content } = JSON.parse(asked).messages[0]
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ choices: [{ message: { content: `So: ${content}` } }] }))
    }),
  )
  writeFileSync(join(folder, 'ca.pem'), authority.cert)
  cluster = await startTestCluster({
    topology: (yaml) =>
      yaml.replace(
        '  redaction: { kind: redaction }',
        `  analyzer: { kind: openai, url: "http://127.0.0.1:${analyzer}" }
  redaction:
    kind: redaction
    mode: balanced
    deadline: 300s
    frontier: { url: "https://localhost:${elsewhere}", models: [big-0], mode: balanced, ca: "\${file:${join(folder, 'ca.pem')}}" }
    model: { service: llm-2, required: true, deadline: 200s }`,
      ),
  })
  good = readFileSync(cluster.file, 'utf8')
})
afterAll(async () => {
  await cluster?.close()
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

/** Another model, as an editor saves it; seen when the controller offers the next revision. */
async function useModel(model: string): Promise<void> {
  const name = `big-${++revision}`
  const text = good.replace('big-0', name).replace(/ {4}model: \{.*\}/, `    model: ${model}`)
  writeFileSync(`${cluster.file}.new`, text)
  renameSync(`${cluster.file}.new`, cluster.file)
  await until(async () => (await cluster.ask('/v1/models')).text.includes(name), 'the new model')
}

interface Scrubbed {
  text: string
  handle: string
  spans: { layer: string; type: string }[]
  is_without_model?: true
}
const scrub = () => cluster.post<Scrubbed>('/scrub', { text: TEXT })
const masked = /^We had a long talk about the 🍁 \[\[[A-Z]+\w+\]\]$/u

describe('a vllm service that helps to find', () => {
  it('adds what it names by structured output, and it comes back', async () => {
    const { status, body } = await scrub()
    expect([status, body.text]).toEqual([200, expect.stringMatching(masked)])
    expect(body.spans.map(({ layer }) => layer)).toEqual(['model'])
    expect(body).not.toHaveProperty('is_without_model')
    const back = await cluster.post<Scrubbed>('/rehydrate', {
      text: body.text,
      handle: body.handle,
    })
    expect(back.body.text).toBe(TEXT)
  })

  it('takes part in what is asked elsewhere, over TLS, under the authority of frontier.ca', async () => {
    const body = { model: 'big-0', messages: [{ role: 'user', content: TEXT }] }
    const answer = await cluster.post('/v1/chat/completions', body)
    expect(answer.text).toContain(`So: ${TEXT}`)
    expect(heardElsewhere.join()).toMatch(/\[\[/)
    expect(heardElsewhere.join()).not.toContain('Harvest')
  })
})

const answering = (value: unknown) => (res: ServerResponse) => void res.end(JSON.stringify(value))
const start = [...'We had a long talk about the 🍁 '].length
const FAILURES: [string, (res: ServerResponse) => void][] = [
  ['answers an error that quotes the text', (res) => void res.writeHead(500).end(TEXT)],
  ['answers no JSON', (res) => void res.end('<html>Harvest')],
  ['answers in another form', answering({ entities: [{ text: 'Harvest' }] })],
  ['finds something outside of the text', answering([{ label: 'X', start: 3, end: 4_000 }])],
  ['finds something that ends before it begins', answering([{ label: 'X', start: 9, end: 4 }])],
  ['breaks off', (res) => void res.destroy()],
  ['is silent', () => {}],
]

describe('an analyzer that helps to find', () => {
  it('adds what it found, counted in code points as it counts', async () => {
    await useModel('{ service: analyzer, shape: analyzer, required: true, deadline: 10s }')
    give = answering([{ entity_type: 'EVENT', start, end: start + 7, score: 0.9 }])
    const { status, body } = await scrub()
    expect([status, body.text]).toEqual([200, expect.stringMatching(masked)])
    expect(JSON.parse(heardByAnalyzer.at(-1) ?? '{}')).toMatchObject({ text: TEXT, language: 'en' })
  })

  it.each(FAILURES)('refuses without any text where it is required and %s', async (_, how) => {
    give = how
    const { status, body, text } = await cluster.post('/scrub', { text: TEXT })
    expect([status, body.error.code]).toEqual([503, 'DETECTOR_FAILED'])
    expect(text).not.toContain('Harvest')
  })

  it('else goes on without it, and says so', async () => {
    await useModel('{ service: analyzer, shape: analyzer, deadline: 10s }')
    for (const [, how] of FAILURES) {
      give = how
      const { status, body } = await scrub()
      expect([status, body.text, body.is_without_model]).toEqual([200, TEXT, true])
    }
    const log = await cluster.ask('/metrics')
    expect(log.text).toMatch(/redaction_model_total\{[^}]*outcome="failed"[^}]*\} 7/)
    expect(log.text).not.toContain('Harvest')
  })
})
