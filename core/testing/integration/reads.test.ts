import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Api } from '../../api.ts'
import { loadCatalog } from '../../catalog.ts'
import { fits, listDetails } from '../../http/validate.ts'
import { CORE_APIS } from '../../routes/index.ts'
import type { JobView } from '../../views.ts'
import { changesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const MODEL = 'nvidia/Gemma-4-26B-A4B-NVFP4'

let cluster: TestCluster
let job: JobView
let schedule: { id: string }

beforeAll(async () => {
  cluster = await startTestCluster()
  const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model: MODEL })
  job = await cluster.ended(body.job)
  await cluster.post('/api/coordination/lock', { owner: 'crm', ttl_s: 86_400 })
  await cluster.ask('/api/collections/notes', { method: 'PUT' })
  const need = { owner: 'crm', cron: '*/30 * * * *', duration_s: 3600, contact: 'Alice' }
  await cluster.post('/api/coordination/schedules', need)
  schedule = (await cluster.post<{ id: string }>('/api/coordination/schedules', need)).body
})
afterAll(() => cluster?.close())

interface OpenApi {
  paths: Record<string, Record<string, unknown>>
}

/** Values for what stands in braces, and the query without which a path answers 400. */
const SAMPLES = {
  'hosts/{id}': ['spark-1', 'nobody'],
  'services/{id}': ['llm', 'llm-2', 'nobody'],
  'jobs/{id}': ['JOB', '0000'],
  'schedules/{id}': ['SCHEDULE', '0000'],
  'download/{service}/{file}': ['tts/nothing.mp3', 'nobody/nothing.mp3', 'tts/nothing'],
  'collections/{name}': ['notes', 'nobody'],
  'models/{key}': [
    'nvidia--Gemma-4-26B-A4B-NVFP4',
    'nvidia--Qwen3-235B-A22B-NVFP4',
    'fjordlight--Skald-14B-Instruct',
    'nobody--nothing',
  ],
}
const QUERIES: Record<string, string[]> = {
  '/api/models/suggest': ['?repo=fjordlight/Skald-14B-Instruct', '?repo=No/Body', ''],
  '/api/jobs': ['', '?limit=1', '?service=llm', '?state=succeeded', '?limit=0'],
  '/api/jobs/{id}': ['', '?wait=0.1', '?wait=x'],
  '/v1/audio/voices': ['', '?service=tts', '?service=nobody'],
  '/api/audit': ['', '?limit=1', '?outcome=done&from=2026-01-01T00:00:00Z', '?to=never'],
  '/api/coordination/schedules': ['', '?hours=168', '?hours=0'],
}
/** They are not in openapi.json, since they write to the socket themselves. */
const STREAMS = [
  '/api/events',
  '/api/events?lines=all',
  '/api/services/llm/logs',
  '/api/jobs/JOB/log',
]

function expand(path: string): string[] {
  const queries = QUERIES[path] ?? ['']
  const [name, samples = ['']] = Object.entries(SAMPLES).find(([part]) => path.includes(part)) ?? []
  const whole = samples.map((sample) =>
    name ? path.replace(name, name.replace(/\{.+\}/, sample)) : path,
  )
  expect(whole.join()).not.toContain('{')
  const named = whole.map((each) => each.replace('JOB', job.id).replace('SCHEDULE', schedule.id))
  return named.flatMap((each) => queries.map((query) => each + query))
}

async function getPaths(): Promise<string[]> {
  const { body } = await cluster.ask<OpenApi>('/api/openapi.json')
  return Object.entries(body.paths).flatMap(([path, methods]) => ('get' in methods ? path : []))
}

/** Reads a little of a stream and leaves. */
async function glance(path: string): Promise<string> {
  const leaving = new AbortController()
  const reply = await fetch(cluster.url + path, { signal: leaving.signal })
  const reader = reply.body?.getReader()
  const first = await reader?.read()
  leaving.abort()
  return Buffer.from(first?.value ?? []).toString()
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

const hash = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('base64url')

/** Everything that would show a change: files, tables, containers, jobs. */
async function state() {
  const data = join(cluster.dataDir, 'sandbox', 'controller')
  const files = filesIn(data).filter((file) => !/state\.db/.test(file))
  const db = new DatabaseSync(join(data, 'state.db'), { readOnly: true })
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    // what is looked at changes with every look: histories of states, scans and the controller's own beats with their times
    .filter(({ name }) => !/connectivity|sqlite_/.test(String(name)))
    .map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()] as const)
    .map(([name, rows]) => [
      name,
      rows
        .filter((row) => !/^(scan:|alive$)/.test(String(row.key ?? '')))
        .map((row) => ({ ...row })),
    ])
  db.close()
  const hubs = cluster.sandbox.hosts.map(({ home }) => join(home, '.cache', 'huggingface'))
  return {
    files: files.map((file) => [file, hash(file)]),
    tables,
    models: hubs
      .flatMap(filesIn)
      .map((file) => [file, statSync(file).mtimeMs, statSync(file).size]),
    containers: await Promise.all(cluster.sandbox.hosts.map(({ id }) => cluster.containers(id))),
    jobs: (await cluster.ask('/api/jobs')).body,
    recipes: (await cluster.ask<{ recipes: unknown }>('/api/models')).body.recipes,
    faults: (await cluster.ask('/api/sandbox/faults')).body,
  }
}

describe('a GET', () => {
  it('changes nothing, whatever is asked for', async () => {
    const before = await state()
    const commands = cluster.commands().length
    const asked: string[] = []
    for (const path of ['/', '/healthz', '/metrics', '/models', '/nowhere', ...(await getPaths())])
      for (const each of expand(path)) {
        const { status } = await cluster.ask(each)
        asked.push(`${status} ${each}`)
        // a GET with a body, or one that claims to be something else, is still a GET
        await cluster.ask(each, { headers: { 'x-http-method-override': 'POST', prefer: 'wait' } })
        await cluster.ask(each, { method: 'HEAD' })
      }
    for (const path of STREAMS) {
      expect(await glance(path.replace('JOB', job.id))).not.toBe('')
      asked.push(`200 ${path}`)
    }
    expect(asked.filter((each) => each.startsWith('5'))).toEqual([])
    expect(asked.filter((each) => each.startsWith('2')).length).toBeGreaterThan(20)
    expect(changesIn(cluster.commands().slice(commands))).toEqual([])
    expect(await state()).toEqual(before)
  })

  it('is what every read of the core and of the kinds is, and nothing else', async () => {
    for (const [key, { effect }] of Object.entries(await everyRoute()))
      if (key.startsWith('GET ')) expect([key, effect]).toEqual([key, 'read'])
      else expect([key, effect]).not.toEqual([key, 'read'])
  })
})

describe('a JSON answer', () => {
  it('fits the schema its route gives for it', async () => {
    const misfits: string[] = []
    let checked = 0
    for (const [key, route] of Object.entries(await everyRoute())) {
      if (!key.startsWith('GET ') || !route.reply) continue
      const path = key.slice(4).replaceAll(/:(\w+)/g, '{$1}')
      for (const each of expand(path)) {
        const { status, body } = await cluster.ask<unknown>(each)
        const schema = (route.reply as Record<number, TSchema | undefined>)[status]
        if (!schema && status < 400) misfits.push(`${each}: no schema for ${status}`)
        if (!schema) continue
        checked += 1
        if (!fits(schema, body))
          misfits.push(`${each}: ${JSON.stringify(details(schema, body)).slice(0, 500)}`)
      }
    }
    expect(misfits).toEqual([])
    expect(checked).toBeGreaterThan(15)
  })

  it('that is an error has one shape, in the core and under /v1', async () => {
    for (const path of ['/api/hosts/nobody', '/api/jobs/0000', '/nowhere', '/api/jobs?limit=0']) {
      const { body, headers, status } = await cluster.ask(path)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(body.error).toMatchObject({
        code: expect.stringMatching(/^[A-Z_]+$/),
        message: expect.any(String),
        details: expect.any(Array),
        request_id: headers.get('x-request-id'),
      })
    }
    const { body } = await cluster.ask('/v1/nowhere')
    expect(body).toEqual({
      error: {
        message: expect.any(String),
        type: expect.any(String),
        param: null,
        code: 'not_found',
      },
    })
  })
})

const details = (schema: TSchema, body: unknown) =>
  listDetails(Value.Errors(schema, body)).slice(0, 5)

/** The routes of the core and of every kind, as they are mounted. */
async function everyRoute(): Promise<Api> {
  const { kinds } = await loadCatalog()
  const { body } = await cluster.ask<{ services: { id: string; kind: string }[] }>('/api/services')
  const ofServices = body.services.flatMap(({ id, kind }) =>
    Object.entries(kinds.get(kind)?.plugin.api ?? {}).map(([key, route]) => [
      key.replace(' ', ` /api/${id}`),
      route,
    ]),
  )
  const doors = [...kinds.values()].map(({ plugin }) => plugin.door ?? {})
  return Object.assign({}, ...Object.values(CORE_APIS), ...doors, Object.fromEntries(ofServices))
}
