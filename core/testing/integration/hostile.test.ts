import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { ErrorView } from '../../views.ts'
import { changesIn } from '../command-record.ts'
import { hostileStrings } from '../hostile-strings.ts'
import { type Reply, startTestCluster, type TestCluster } from '../test-cluster.ts'
import { thorough } from '../thorough.ts'

const KEY = 'fjordlight--Skald-14B-Instruct'
const CANARY = 'canary'

let cluster: TestCluster
let canaries: string[]
const COUNT = thorough(500, 100)
let strings: string[]
let good: Record<string, unknown>

beforeAll(async () => {
  cluster = await startTestCluster({ clockSpeed: 4 })
  // relative ones land where a command runs, or where the controller was started
  canaries = [
    join(cluster.dataDir, CANARY),
    ...cluster.sandbox.hosts.flatMap(({ home }) => [
      join(home, CANARY),
      join(home, 'spark-vllm-docker', CANARY),
    ]),
    join(process.cwd(), CANARY),
  ]
  strings = hostileStrings(join(cluster.dataDir, CANARY), CANARY, COUNT)
  const { body } = await cluster.ask<{ recipe: Record<string, unknown> }>(
    `/api/models/suggest?repo=${KEY.replace('--', '/')}`,
  )
  good = body.recipe
})
afterAll(() => cluster?.close())

const noCanary = (): void => expect(canaries.filter((file) => existsSync(file))).toEqual([])

/** Refused, by the fault of the caller, naming what is wrong where there is a field to name. */
function expectRefused({ status, body, text }: Reply<ErrorView>, text_: string, field?: RegExp) {
  const about = `${JSON.stringify(text_)} → ${status} ${text.slice(0, 300)}`
  expect(status, about).toBeGreaterThanOrEqual(400)
  expect(status, about).toBeLessThan(500)
  if (status !== 400 || !field) return
  const { code, details } = body.error
  if (code !== 'VALIDATION') return
  expect(details.map(({ path }) => path).join(), about).toMatch(field)
}

/** One in `step` of them. */
const few = (step: number): string[] =>
  strings.filter((text, index) => text !== '' && index % step === 0)

/** So many at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const next = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: 8 }, next))
}

/** What a shell, YAML and the launcher all take for one harmless word. */
const HARMLESS = /^[A-Za-z0-9][\w./:@-]*$/

const put = <T = ErrorView>(recipe: object, key = KEY) =>
  cluster.ask<T>(`/api/models/${key}/recipe`, { method: 'PUT', body: recipe })

describe('a hostile string', () => {
  it('is one of many different ones', () => {
    expect(new Set(strings).size).toBe(COUNT)
    noCanary()
  })

  it('as the model of a swap is refused and names the field', async () => {
    const before = cluster.commands().length
    await each(strings, async (model) => {
      const reply = await cluster.post('/api/swap', { model })
      expectRefused(reply, model, /^model$/)
      expect(['VALIDATION', 'MODEL_NOT_FOUND']).toContain(reply.body.error.code)
    })
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
    noCanary()
  })

  it('as the service, the plan or the key of a swap is refused', async () => {
    const model = 'nvidia/Gemma-4-26B-A4B-NVFP4'
    await each(few(5), async (text) => {
      expectRefused(await cluster.post('/api/swap', { model, service: text }), text, /^service$/)
    })
    await each(few(25), async (text) => {
      expectRefused(await cluster.post('/api/unload', { service: text }), text, /^service$/)
      expectRefused(await cluster.post('/api/swap', { model, [text]: 1 }), text)
      expectRefused(await cluster.post('/api/swap', { model, plan: text }), text, /^plan$/)
    })
    noCanary()
  })

  it.each([
    ['repo', (text: string) => ({ repo: text })],
    ['image', (text: string) => ({ image: text })],
    ['kv_cache_dtype', (text: string) => ({ kv_cache_dtype: text })],
    ['env', (text: string) => ({ env: { [text]: '1' } })],
    ['mods', (text: string) => ({ mods: [text] })],
    ['args', (text: string) => ({ args: [text] })],
    ['args', (text: string) => ({ args: [`--${text}`] })],
    ['tool_parser', (text: string) => ({ tool_parser: text })],
    ['reasoning_parser', (text: string) => ({ reasoning_parser: text })],
    ['load_format', (text: string) => ({ load_format: text })],
    ['moe_backend', (text: string) => ({ moe_backend: text })],
    ['tensor_parallel', (text: string) => ({ tensor_parallel: text })],
    ['nodes', (text: string) => ({ nodes: text })],
    ['max_model_len', (text: string) => ({ max_model_len: text })],
    ['gpu_memory_utilization', (text: string) => ({ gpu_memory_utilization: text })],
  ])(
    'as %s of a recipe is refused and names the field, unless it is a harmless word',
    async (field, change) => {
      await each(strings, async (text) => {
        const recipe = { ...good, ...change(text) }
        const reply = await put<{ recipe: unknown } & ErrorView>(recipe)
        if (reply.status !== 200) return expectRefused(reply, text, new RegExp(`^${field}\\b`))
        expect(text).toMatch(HARMLESS)
        expect(reply.body.recipe).toEqual(recipe)
      })
      noCanary()
    },
  )

  it.each([
    ['title', (text: string) => ({ title: text })],
    ['source', (text: string) => ({ source: text })],
    ['args', (text: string) => ({ args: ['--hf-overrides', text] })],
    ['args', (text: string) => ({ args: [`--hf-overrides=${text}`] })],
    ['env', (text: string) => ({ env: { VLLM_LOGGING_LEVEL: text } })],
  ])(
    'as %s of a recipe, where text is free, comes back byte for byte or is refused',
    async (field, change) => {
      let kept = 0
      for (const text of strings.filter((_, index) => index % 25 === 0)) {
        const recipe = { ...good, ...change(text) }
        const reply = await put<{ recipe: unknown } & ErrorView>(recipe)
        if (reply.status !== 200) {
          expectRefused(reply, text, new RegExp(`^${field}\\b`))
          continue
        }
        kept += 1
        expect(reply.body.recipe).toEqual(recipe)
        const { body } = await cluster.ask<{ models: { key: string; recipe: unknown }[] }>(
          '/api/models',
        )
        expect(body.models.find(({ key }) => key === KEY)?.recipe).toEqual(recipe)
        // what would be run shows it as one word
        const plan = await cluster.ask(`/api/models/${KEY}/plan`)
        expect(plan.status).toBe(200)
      }
      expect(kept).toBeGreaterThanOrEqual(field === 'env' ? 0 : 3)
      noCanary()
    },
  )

  it('that a recipe may carry is run as one word, and nothing of it by a shell', async () => {
    const text = strings.find((each) => each.includes('$(') && isPlain(each)) ?? ''
    expect(text).toContain(CANARY)
    const recipe = { ...good, args: ['--hf-overrides', text] }
    expect((await put(recipe)).status).toBe(200)
    const { body } = await cluster.post<{ job: { id: string } }>('/api/swap', {
      model: KEY.replace('--', '/'),
    })
    await cluster.ended(body.job)
    const launch = cluster.commands().findLast(({ args }) => args.includes('serve'))
    expect(launch?.args).toContain(text)
    noCanary()
    const reset = await cluster.ask(`/api/models/${KEY}/recipe`, { method: 'DELETE' })
    expect(reset.status).toBe(200)
  })

  it("as a key, an id or a query is refused and answered as a client's mistake", async () => {
    await each(few(16), async (text) => {
      const id = encodeURIComponent(text.toWellFormed())
      // a path of dots is another path
      if (/^\.+$/.test(id)) return
      for (const path of [
        `/api/models/suggest?repo=${id}`,
        `/api/models/${id}/plan`,
        `/api/services/${id}`,
        `/api/services/${id}/logs`,
        `/api/hosts/${id}`,
        `/api/hosts/${id}/ssh-key`,
        `/api/jobs/${id}`,
        `/api/jobs/${id}/log`,
        `/api/${id}/card`,
      ])
        expectRefused(await cluster.ask(path), path)
      expectRefused(await put(good, id), text)
      for (const [method, path] of [
        ['POST', `/api/jobs/${id}/cancel`],
        ['POST', `/api/services/${id}/actions/unload`],
        ['POST', `/api/services/llm/actions/${id}`],
        ['PUT', `/api/sandbox/faults/${id}`],
        ['DELETE', `/api/models/${id}/recipe`],
      ] as const)
        expectRefused(
          await cluster.ask(path, { method, ...(method === 'POST' && { body: {} }) }),
          path,
        )
    })
    noCanary()
  })

  it('as the fingerprint of a host key is refused', async () => {
    await each(few(10), async (fingerprint) =>
      expectRefused(
        await cluster.post('/api/hosts/spark-1/trust', { fingerprint }),
        fingerprint,
        /^fingerprint$/,
      ),
    )
  })

  it('as a resource, a time zone, a cron expression or a token is refused', async () => {
    const need = { owner: 'crm', duration_s: 60, cron: '0 3 * * *' }
    await each(few(10), async (text) => {
      for (const [key, path, body] of [
        ['resource', 'lock', { owner: 'crm', ttl_s: 1 }],
        ['time_zone', 'schedules', need],
        ['cron', 'schedules', need],
        ['at', 'schedules', { ...need, cron: undefined }],
      ] as const) {
        const reply = await cluster.post(`/api/coordination/${path}`, { ...body, [key]: text })
        expectRefused(reply, text, new RegExp(`^${key}$`))
      }
      if (!/^[\x21-\x7e]+$/.test(text)) return
      const headers = { 'x-lock-token': text }
      const reply = await cluster.ask('/api/coordination/lock', { method: 'PUT', headers })
      expect([reply.status, reply.body.error.code]).toEqual([409, 'LEASE_LOST'])
    })
  })

  it('as whom and why of a reservation comes back byte for byte, or is refused', async () => {
    const path = '/api/coordination/lock'
    for (const text of few(10)) {
      const body = { owner: text, reason: text, ttl_s: 60 }
      const made = await cluster.post<ErrorView & { token: string }>(path, body)
      if (made.status !== 201) {
        expectRefused(made, text, /^owner,reason$/)
        continue
      }
      const { leases } = (await cluster.ask<{ leases: object[] }>(path)).body
      expect(leases).toMatchObject([{ owner: text, reason: text }])
      const headers = { 'x-lock-token': made.body.token }
      expect((await cluster.ask(path, { method: 'DELETE', headers })).status).toBe(200)
    }
    const { entries } = (await cluster.ask<{ entries: { title: string }[] }>('/api/audit')).body
    expect(entries.length).toBeGreaterThan(20)
    noCanary()
  })

  it('as the model of a chat goes no further than /v1', async () => {
    await each(few(5), async (model) => {
      const { status, body } = await cluster.post('/v1/chat/completions', { model, messages: [] })
      expect([404, 400]).toContain(status)
      expect(body.error.code).toMatch(/^[a-z_]+$/)
    })
    noCanary()
  })

  it('in a topology is refused with its place, or is text that does no harm', async () => {
    const topology = parse(cluster.sandbox.topologyYaml)
    const places: [string, (text: string) => unknown][] = [
      ['services.llm.container', (text) => ({ services: { llm: { container: text } } })],
      ['services.llm.image', (text) => ({ services: { llm: { image: text } } })],
      ['services.llm.host', (text) => ({ services: { llm: { host: text } } })],
      ['services.llm.kind', (text) => ({ services: { llm: { kind: text } } })],
      ['services.llm.port', (text) => ({ services: { llm: { port: text } } })],
      ['services.llm.nodes', (text) => ({ services: { llm: { nodes: [text] } } })],
      ['services.llm.serve_as', (text) => ({ services: { llm: { serve_as: [text] } } })],
      ['services.llm.env', (text) => ({ services: { llm: { env: { [text]: '1' } } } })],
      ['services.more.launcher_dir', (text) => more({ launcher_dir: text })],
      ['services.more.launcher', (text) => more({ launcher: text })],
      ['services.more.image', (text) => more({ image: text })],
      ['services.more.container', (text) => more({ container: text })],
      ['services.more.gpus', (text) => more({ gpus: [text] })],
      ['services.more.shm_size', (text) => more({ shm_size: text })],
      ['services.more.volumes', (text) => more({ volumes: [text] })],
      ['services.more.volumes', (text) => more({ volumes: [`/srv/x:/x${text}`] })],
      ['services.more.volumes', (text) => more({ volumes: [`${text}:/x`] })],
      ['services.more.env', (text) => more({ env: { [text]: '1' } })],
      ['services.more.args', (text) => more({ args: [text] })],
      ['services.more.args', (text) => more({ args: [`--${text}`] })],
      ['services.more.mods', (text) => more({ launcher: 'launch-cluster', mods: [text] })],
      [
        'services.more.commands',
        (text) => more({ commands: { start: [text, '{model}', '{port}'] } }),
      ],
      ['hosts.spark-1.address', (text) => ({ hosts: { 'spark-1': { address: text } } })],
      ['hosts.spark-1.user', (text) => ({ hosts: { 'spark-1': { user: text } } })],
      ['hosts.spark-1.fabric', (text) => ({ hosts: { 'spark-1': { fabric: text } } })],
      ['hosts.spark-1.hf_home', (text) => ({ hosts: { 'spark-1': { hf_home: text } } })],
      ['hosts.spark-1.model_dirs', (text) => ({ hosts: { 'spark-1': { model_dirs: [text] } } })],
      ['disabled', (text) => ({ disabled: [text] })],
    ]
    for (const [place, change] of places)
      await each(place === 'services.llm.container' ? strings : few(40), async (text) => {
        const yaml = stringify(merge(topology, change(text)))
        const { status, body } = await cluster.post<Validated>('/api/topology/validate', {
          text: yaml,
        })
        const about = `${place} ${JSON.stringify(text)}`
        expect(status, about).toBe(200)
        if (body.is_valid) return expect(text, about).toMatch(HARMLESS)
        const mistakes = body.diagnostics.filter(({ severity }) => severity === 'error')
        // no path: it is no YAML at all
        expect(mistakes.map(({ path }) => path || place).join(), about).toContain(
          place.split('.')[0],
        )
        for (const { line, column } of mistakes) {
          expect(line, about).toBeGreaterThan(0)
          expect(column, about).toBeGreaterThan(0)
        }
      })
    await each(few(20), async (text) => {
      const { status } = await cluster.post<Validated>('/api/topology/validate', { text })
      expect(status).toBe(200)
      const { body } = await cluster.post<Validated>('/api/topology/validate', {
        text: stringify({ ...topology, services: { ...topology.services, [text]: { kind: 'x' } } }),
      })
      expect(body.is_valid).toBe(false)
    })
    noCanary()
  })
})

describe('a topology that is only checked', () => {
  it('gives away no file and no variable of the controller', async () => {
    for (const place of ['cluster: ', 'listen: ', 'hosts: ', 'disabled: ', 'x: '])
      for (const what of ['file:/etc/passwd', 'env:PATH']) {
        const text = `${place}$\{${what}}\n`.replace('\\', '')
        const reply = await cluster.post<Validated>('/api/topology/validate', { text })
        expect(reply.status).toBe(200)
        expect(reply.text).not.toContain('root:')
        expect(reply.text).not.toContain('/usr/bin')
      }
  })
})

/** One more service, beside those of the sandbox. */
const more = (keys: object) => ({
  services: { more: { kind: 'vllm', host: 'spark-1', port: 1234, ...keys } },
})

interface Validated {
  is_valid: boolean
  diagnostics: { path: string; line: number; column: number; severity: string }[]
}

const isPlain = (text: string): boolean => /^[^-\p{Cc}]\P{Cc}*$/u.test(text)

type Tree = { [key: string]: unknown }

/** Deep merge of objects; everything else is replaced. */
function merge(into: unknown, change: unknown): unknown {
  if (!isTree(into) || !isTree(change)) return change
  const all = { ...into }
  for (const [key, value] of Object.entries(change)) all[key] = merge(into[key], value)
  return all
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
