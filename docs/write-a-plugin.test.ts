import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SpawnedController, spawnController } from '../core/testing/spawn-controller.ts'

const folder = mkdtempSync(join(tmpdir(), 'write-a-plugin-'))
const page = readFileSync(new URL('write-a-plugin.md', import.meta.url), 'utf8')
const main = fileURLToPath(new URL('../core/main.ts', import.meta.url))
const freed: unknown[] = []

/** A picture server as ComfyUI is one, as far as the page speaks of it. */
const pictures = createServer(async (req, res) => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  if (req.url === '/free') freed.push(JSON.parse(Buffer.concat(chunks).toString()))
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ queue_running: [1], queue_pending: [2, 3, 4] }))
})

let controller: SpawnedController

beforeAll(async () => {
  await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve))
  const { port } = pictures.address() as AddressInfo
  for (const [, name = '', text = ''] of page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text.replace('host: desk,', `host: desk, port: ${port},`))
  }
  const data = join(folder, 'data')
  controller = await spawnController([join(folder, 'topology.yaml'), '--data', data, '--port', '0'])
})
afterAll(async () => {
  await controller.kill('SIGTERM')
  pictures.close()
  rmSync(folder, { recursive: true })
})

const get = async (path: string) => (await fetch(controller.url + path)).json()
const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(controller.url + path, { method: 'POST', headers })

describe('the plugin of docs/write-a-plugin.md', () => {
  it('answers its route under the service id', async () => {
    expect(await get('/api/pictures/queue')).toEqual({ running: 1, waiting: 3 })
  })

  it('stands on the dashboard with state, figures and its action', async () => {
    await expect
      .poll(() => get('/api/services/pictures'), { timeout: 10_000 })
      .toMatchObject({
        kind: 'comfyui',
        state: 'busy',
        figures: { running: 1, waiting: 3 },
        tile: { actions: [{ name: 'free', label: 'Free memory' }] },
      })
  })

  it('shows its plan, then acts on exactly that plan, also by the name of the action', async () => {
    const plan = await (await post('/api/pictures/free?dry_run=true')).json()
    expect(plan.confirm).toBe('Free memory')
    expect(freed).toEqual([])
    const done = await post('/api/services/pictures/actions/free', { 'x-plan-digest': plan.digest })
    expect([done.status, await done.json()]).toEqual([200, { freed: true }])
    expect(freed).toEqual([{ unload_models: true, free_memory: true }])
    const stale = await post('/api/pictures/free', { 'x-plan-digest': 'another' })
    expect(stale.status).toBe(409)
  })

  it('has its routes in OpenAPI', async () => {
    const { paths } = await get('/api/openapi.json')
    expect(Object.keys(paths)).toContain('/api/pictures/free')
  })

  it('has its settings checked like those of the kinds in the tree', () => {
    const file = join(folder, 'typo.yaml')
    const text = readFileSync(join(folder, 'topology.yaml'), 'utf8')
    writeFileSync(file, text.replace('busy_from', 'bussy_from'))
    const check = () => execFileSync(process.execPath, [main, 'check', file], { encoding: 'utf8' })
    expect(check).toThrow()
    try {
      check()
    } catch (error) {
      expect((error as { stdout: string }).stdout).toMatch(/typo\.yaml:7:\d+ .*bussy_from/)
      expect((error as { stdout: string }).stdout).toContain('busy_from')
    }
  })
})
