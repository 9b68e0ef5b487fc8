import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type DoorCall, type RequestOptions, type Upstream, Value } from '#core'
import { readTopologyText } from '../../../core/check-file.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { type ModelSettings, Settings } from '../settings.ts'
import { createRig, refusalOf } from '../testing/rig.ts'

type Give = (body: Record<string, unknown>, options: RequestOptions) => unknown

/** A server that answers as told, and a service that asks it; what it heard and how many are let in. */
function rigWith(give: Give, model: Partial<ModelSettings> = {}, settings: Partial<Settings> = {}) {
  const heard: string[] = []
  let inside = 0
  const peer: Pick<Upstream, 'admit' | 'request'> = {
    async admit({ signal }) {
      inside++
      return { signal, leave: () => void inside-- }
    },
    async request(path, options = {}) {
      heard.push(`${path} ${JSON.stringify(options.body)}`)
      const value = await give(options.body as Record<string, unknown>, options)
      const status = value === undefined ? 500 : 200
      return { status, headers: {}, body: Buffer.from(''), json: <T>() => value as T }
    },
  }
  const own = { service: 'llm', name: 'm', ...model }
  const made = Value.Default(Settings, { ...settings, model: own }) as Settings
  const rig = createRig({ settings: made, peers: { llm: peer } })
  return { rig, heard, inside: () => inside }
}

const chat = (...entities: { type: string; text: string }[]) => ({
  choices: [{ finish_reason: 'stop', message: { content: JSON.stringify({ entities }) } }],
})
const toldBy = async ({ rig }: ReturnType<typeof rigWith>) =>
  JSON.stringify([
    ...[rig.logged, rig.notes, rig.running.metrics?.(), [...rig.store.rows]],
    await rig.running.probe(new AbortController().signal),
  ])

describe('a local model in a scrub', () => {
  it('adds what it alone has found, everywhere it stands, and it comes back', async () => {
    const { rig, heard, inside } = rigWith(() => chat({ type: 'PERSON', text: 'Quendolin' }))
    const text = 'Alice met Quendolin. QUENDOLIN left.'
    const { text: out = '', spans, handle, ...rest } = await rig.scrub({ text })
    expect(out).not.toMatch(/alice|quendolin/i)
    expect(spans.map(({ type, layer }) => `${type} ${layer}`)).toEqual([
      ...['PERSON tagger', 'PERSON model', 'PERSON propagated'],
    ])
    expect(rest).not.toHaveProperty('is_without_model')
    expect((await rig.rehydrate({ text: out, handle })).text).toBe(text)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toContain(text)
    expect(inside()).toBe(0)
  })

  it('is asked about structures as one text, and keeps its placeholder over turns', async () => {
    const { rig } = rigWith(() => chat({ type: 'ORG', text: 'Nordwind' }))
    const json = { note: 'we left Nordwind', list: ['for Nordwind!', 7] }
    const first = await rig.scrub({ json })
    expect(JSON.stringify(first.json)).not.toContain('Nordwind')
    const again = await rig.scrub({ json, handle: first.handle })
    expect(again.json).toEqual(first.json)
    expect((await rig.rehydrate({ json: again.json, handle: again.handle })).json).toEqual(json)
  })

  it('may be an analyzer', async () => {
    const give = () => [{ entity_type: 'PERSON', start: 4, end: 13, score: 0.9 }]
    const { rig, heard } = rigWith(give, { shape: 'analyzer', language: 'de' })
    const { text = '' } = await rig.scrub({ text: 'Für Quendolin' })
    expect(text).toMatch(/^Für \[\[PERSON/)
    expect(heard[0]).toContain('/analyze {"text":"Für Quendolin","language":"de"')
  })

  it('masks no word that is never to be masked', async () => {
    const give = () => chat({ type: 'ORG', text: 'Nordwind' }, { type: 'ORG', text: 'Suedwind' })
    const { rig } = rigWith(give, {}, { allow: ['nordwind'] })
    const { text } = await rig.scrub({ text: 'Nordwind and Suedwind', allow: ['suedwind'] })
    expect(text).toBe('Nordwind and Suedwind')
  })
})

it('is asked by the server of its service, as it is', async () => {
  const heard: string[] = []
  const server = createServer(async (req, res) => {
    heard.push(`${req.method} ${req.url} ${await textOf(req)}`)
    res.end(JSON.stringify([{ label: 'full name', start: 0, end: 9 }]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const llm = createUpstream({ origin: `http://127.0.0.1:${port}`, requestTimeoutMs: null })
  const model = { service: 'llm', shape: 'analyzer' }
  const settings = Value.Default(Settings, { model }) as Settings
  const { text } = await createRig({ settings, peers: { llm } }).scrub({ text: 'Quendolin!' })
  await llm.close()
  server.close()
  expect(text).toMatch(/^\[\[PERSON\w+\]\]!$/)
  expect(heard).toEqual([
    'POST /analyze {"text":"Quendolin!","language":"en","score_threshold":0.4}',
  ])
  expect(llm.inFlight).toBe(0)
})

it('is told of in the audit log where a model elsewhere was asked without it', async () => {
  const upstream = {
    stream: async () => ({ status: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) }),
  } as unknown as Upstream
  const frontier = { url: 'https://api.example.com', models: ['big'] }
  const settings = Value.Default(Settings, { frontier, model: { service: 'gone' } }) as Settings
  const rig = createRig({ settings, upstream })
  const body = JSON.stringify({ model: 'big', messages: [{ role: 'user', content: 'Alice' }] })
  await rig.running.answers?.['POST /v1/chat/completions']?.answer({
    ...{
      headers: { 'content-type': 'application/json' },
      body: Readable.from([Buffer.from(body)]),
    },
    ...{ signal: new AbortController().signal, caller: { address: '192.168.1.20' } },
  } as unknown as DoorCall)
  expect(rig.notes.map(({ title }) => title)).toEqual([
    'Sent to big with 1 places masked (PERSON 1), not looked at by the local model',
  ])
})

const FAILURES: [name: string, give: Give][] = [
  ['answers an error', () => undefined],
  ['answers in another form', () => ({ said: 'Alice' })],
  ['was cut off', () => ({ choices: [{ finish_reason: 'length', message: { content: '{}' } }] })],
  [
    'breaks off and quotes',
    () => {
      throw new Error('cannot read "Alice"\n    at Alice (Alice.ts:1)')
    },
  ],
]

describe('a local model that does not answer', () => {
  it.each(FAILURES)('refuses without any text when required: %s', async (_, give) => {
    const made = rigWith(give, { required: true })
    const refusal = await refusalOf(made.rig.scrub({ text: 'Alice Smith' }))
    expect(refusal).toMatchObject({ code: 'DETECTOR_FAILED', status: 503 })
    expect(JSON.stringify(refusal) + (await toldBy(made))).not.toMatch(/alice|smith/i)
    expect(made.inside()).toBe(0)
  })

  it.each(FAILURES)('else the rest goes on, and says so in a count: %s', async (_, give) => {
    const made = rigWith(give)
    const { text, ...told } = await made.rig.scrub({ text: 'Alice Smith is here' })
    expect(text).toMatch(/^\[\[PERSON\w+\]\] is here$/)
    expect(told.is_without_model).toBe(true)
    expect(made.rig.logged).toHaveLength(1)
    const all = await toldBy(made)
    expect(all).toContain('"model_failed":1')
    expect(all + JSON.stringify(told)).not.toMatch(/alice|smith/i)
    expect(made.inside()).toBe(0)
  })

  it('counts as one that failed when its service is gone', async () => {
    const { rig } = rigWith(() => chat(), { service: 'gone', required: true })
    expect(await refusalOf(rig.scrub({ text: 'Alice' }))).toMatchObject({ code: 'DETECTOR_FAILED' })
  })

  const never: Give = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
    })

  it.each([
    [true, 'DETECTOR_FAILED'],
    [false, undefined],
  ])('is left at its deadline (required: %s)', async (required, code) => {
    let asked = () => {}
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    const give: Give = (body, options) => {
      asked()
      return never(body, options)
    }
    const { rig, inside } = rigWith(give, { required })
    const work = rig.scrub({ text: 'Alice' }).catch((thrown) => thrown)
    await isAsked
    rig.clock.set(rig.clock.now() + 5_000)
    const outcome = await work
    expect(outcome.code).toBe(code)
    if (!required) expect(outcome).toMatchObject({ is_without_model: true, counts: { PERSON: 1 } })
    expect(inside()).toBe(0)
  })

  it('is left when nobody waits any more', async () => {
    const { rig } = rigWith((body, options) => {
      queueMicrotask(() => rig.stop())
      return never(body, options)
    })
    expect(await refusalOf(rig.scrub({ text: 'Alice' }))).toMatchObject({ code: 'SCRUB_FAILED' })
  })
})

describe('model in a topology', () => {
  const check = async (model: string, more = '') => {
    const { diagnostics } = await readTopologyText(
      '/tmp/topology.yaml',
      `cluster: home\nhosts: { h: { address: 10.0.0.1 } }\nservices:\n  llm: { kind: openai, url: "http://10.0.0.1:8000" }\n  r: { kind: redaction, model: ${model} }\n${more}`,
    )
    return diagnostics.map(({ path, code, severity }) => `${severity} ${path} ${code}`)
  }

  it('names a service with a server', async () => {
    expect(await check('{ service: llm }')).toEqual([])
    const wrong = ['error services.r.model.service MODEL_SERVICE']
    expect(await check('{ service: lmm }')).toEqual(wrong)
    expect(await check('{ service: r }')).toEqual(wrong)
    expect(await check('{ service: s }', '  s: { kind: redaction }\n')).toEqual(wrong)
    expect(await check('{ service: llm }', 'disabled: [llm]\n')).toEqual([
      'warning services.r.model.service MODEL_SERVICE',
    ])
  })

  it('leaves time for the rest', async () => {
    const late = ['error services.r.model.deadline MODEL_DEADLINE']
    expect(await check('{ service: llm, deadline: 10s }')).toEqual(late)
    expect(await check('{ service: llm, deadline: 9999ms }')).toEqual([])
  })
})
