import { expect, it } from 'vitest'
import { ControlError, type Kind, type Service, type Upstream, Value } from '#core'
import { openDoor } from './door.ts'
import { startService } from './running.ts'
import { Settings } from './settings.ts'

const signal = new AbortController().signal

/** A service over a server that lists these models, or fails with `code`. */
function start(given: Partial<Settings> = {}) {
  const server = { ids: ['llama3:latest', 'qwen'], code: '', asked: [] as string[] }
  const upstream = {
    async request(path: string) {
      server.asked.push(path)
      if (server.code) throw new ControlError(server.code, 'it failed')
      const body = Buffer.from(JSON.stringify({ data: server.ids.map((id) => ({ id })) }))
      const status = path === '/v1/models' ? 200 : 404
      return { status, headers: {}, body, json: () => JSON.parse(body.toString()) }
    },
  } as unknown as Upstream
  const settings = Value.Default(Settings, given) as Settings
  const service = { id: 'ollama', settings, http: () => upstream } as unknown as Service<Settings>
  const { explainModel } = openDoor({ services: () => [service] } as unknown as Kind<Settings>)
  return { server, running: startService(service), explainModel }
}

it('serves what the last look found, by its short names too', async () => {
  const { running, server } = start()
  expect(running.models?.()).toEqual([])
  await running.probe(signal)
  expect(running.models?.()).toEqual(['llama3:latest', 'qwen'])
  expect(running.aliases?.()).toEqual(['llama3'])
  server.ids = []
  expect(await running.probe(signal)).toMatchObject({ state: 'idle' })
  expect(running.models?.()).toEqual([])
})

it('answers the paths its topology entry names', () => {
  const { running } = start({ paths: ['embeddings'] })
  expect(running.offers?.('POST /v1/embeddings')).toBe(true)
  expect(running.offers?.('POST /v1/chat/completions')).toBe(false)
  expect(start().running.offers?.('POST /v1/embeddings')).toBe(false)
})

it('keeps its models while it is late, and serves none once it is gone', async () => {
  const { running, server, explainModel } = start()
  await running.probe(signal)
  server.code = 'UPSTREAM_TIMEOUT'
  await expect(running.probe(signal)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
  expect(running.models?.()).toContain('qwen')
  server.code = 'UPSTREAM_UNREACHABLE'
  await expect(running.probe(signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  expect([running.models?.(), running.aliases?.()]).toEqual([[], []])
  expect(explainModel?.('llama3')).toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    message: expect.stringContaining('ollama has "llama3"'),
  })
})

it('says that a model it has is asked for on a path it does not answer', async () => {
  const { running, explainModel } = start()
  await running.probe(signal)
  expect(explainModel?.('nobody/nothing')).toBeUndefined()
  const error = explainModel?.('qwen')
  expect(error?.code).toBe('MODEL_NOT_FOUND')
  expect(error?.hint).toContain('services.ollama.paths')
})

it('asks for /health again only when the server was gone', async () => {
  const { running, server } = start()
  await running.probe(signal)
  await running.probe(signal)
  expect(server.asked).toEqual(['/health', '/v1/models', '/v1/models'])
  server.code = 'UPSTREAM_UNREACHABLE'
  await running.probe(signal).catch(() => {})
  server.code = ''
  await running.probe(signal)
  expect(server.asked.slice(4)).toEqual(['/health', '/v1/models'])
})
