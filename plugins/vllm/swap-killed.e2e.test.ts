import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SpawnedController, spawnController } from '../../core/testing/spawn-controller.ts'
import type { JobView } from '../../core/views.ts'

const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const PAIR = 'nvidia/Qwen3-235B-A22B-NVFP4'
const PHASES = [
  'checking',
  'letting requests finish',
  'stopping',
  'starting',
  'starting engine',
  'loading weights',
  'compiling',
  'sizing cache',
  'capturing graphs',
  'opening port',
  'checking the answer',
]

describe('kill -9 of the controller in every phase of a swap', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'swap-killed-'))
  let controller: SpawnedController

  // the sandbox is a process of its own and outlives a controller that is killed
  const start = () =>
    spawnController(['start', '--data', dataDir, '--host', '127.0.0.1', '--port', '0'], {
      SPARK_CONTROL_SANDBOX_SPEED: '25',
    })
  beforeAll(async () => {
    controller = await start()
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    endSandbox(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
  })

  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const reply = await fetch(controller.url + path, {
      method: body ? 'POST' : 'GET',
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    return (await reply.json()) as T
  }
  const isOver = (job: JobView) => job.ended_at !== null
  const watch = async (id: string, until: (job: JobView) => boolean): Promise<JobView> => {
    for (;;) {
      const job = await ask<JobView>(`/api/jobs/${id}`)
      if (until(job) || isOver(job)) return job
      await wait(5)
    }
  }
  const logOf = async (id: string): Promise<string> =>
    (await fetch(`${controller.url}/api/jobs/${id}/log`)).text()

  it.each(PHASES.map((phase, n) => [phase, n % 2 === 0 ? SOLO : PAIR]))(
    'in “%s” the swap to %s is taken up and nothing is started twice',
    async (phase, model) => {
      const { job } = await ask<{ job: JobView }>('/api/swap', { model, drain_s: 1 })
      await watch(job.id, ({ phases }) => phases.some(({ name }) => name === phase))
      await controller.kill('SIGKILL')
      controller = await start()

      const ended = await watch(job.id, isOver)
      expect([ended.state, ended.error?.message]).toEqual(['succeeded', undefined])
      const log = await logOf(job.id)
      const launches = log.split('Command dispatched in background').length - 1
      const restarts = log.split('an unfinished launch was found').length - 1
      expect(launches).toBeLessThanOrEqual(1 + restarts)
      const { models } = await ask<{ models: string[] }>('/api/services/llm')
      expect(models).toEqual([model])
    },
  )
})

/** A test that failed between kill and start leaves the sandbox to itself. */
function endSandbox(dataDir: string): void {
  try {
    const text = readFileSync(join(dataDir, 'sandbox', 'process.json'), 'utf8')
    process.kill((JSON.parse(text) as { pid: number }).pid, 'SIGTERM')
  } catch {
    // it ended with its controller
  }
}
