import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { loadCatalog } from '../catalog.ts'
import { systemClock } from '../clock.ts'
import { recogniseServers } from './recognise.ts'
import type { Survey } from './survey.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server that answers these paths, and keeps what it was asked. */
async function serve(answers: Record<string, unknown>) {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`)
    const found = answers[req.url ?? '']
    res.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  return { asked, port: (server.address() as AddressInfo).port }
}

const survey = (...ports: number[]): Survey => ({
  containers: [{ name: 'vllm_node', image: 'vllm-node:latest' }],
  ...{ runtime: 'docker', runtimeTrouble: null, home: ['spark-vllm-docker'] },
  ports: ports.map((port) => ({ port, isOpen: true })),
})

const recognise = async (found: Survey) => {
  const all = await recogniseServers(
    '127.0.0.1',
    found,
    [...(await loadCatalog()).kinds.values()],
    systemClock,
  )
  const wanted = found.ports.map(({ port }) => port)
  return all.filter(({ port }) => wanted.includes(port))
}

describe('a server on a machine', () => {
  it.each([
    ['kokoro', { '/v1/audio/voices': { voices: [{ id: 'af_heart' }] } }],
    ['parakeet', { '/openapi.json': { paths: { '/v1/audio/transcriptions': {} } } }],
    ['embeddings', { '/info': { model_id: 'BAAI/bge-m3', max_client_batch_size: 32 } }],
  ])('is known to be of kind %s', async (kind, answers) => {
    const { port } = await serve(answers)
    expect(await recognise(survey(port))).toMatchObject([{ kind, port }])
  })

  it('is known by what it answers: an engine of vLLM, another server of models, none', async () => {
    const list = (owner: string) => ({ object: 'list', data: [{ id: 'm', owned_by: owner }] })
    const engine = await serve({ '/v1/models': list('vllm'), '/version': { version: '0.29.0' } })
    const other = await serve({ '/v1/models': list('library') })
    const none = await serve({ '/': 'hello' })
    const found = await recognise(survey(engine.port, other.port, none.port))
    const byPort = new Map(found.map(({ port, kind, keys }) => [port, { kind, keys }]))
    expect(byPort.get(engine.port)).toEqual({
      kind: 'vllm',
      keys: { container: 'vllm_node', launcher_dir: '~/spark-vllm-docker' },
    })
    expect(byPort.get(other.port)).toEqual({ kind: 'openai', keys: {} })
    expect(byPort.has(none.port)).toBe(false)
    // reads only, and nothing twice; paths of the kinds that could be meant
    const asked = [...engine.asked, ...other.asked, ...none.asked]
    expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([])
    expect(new Set(engine.asked).size).toBe(engine.asked.length)
  })
})
