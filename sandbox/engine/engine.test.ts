import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Cluster, SimHost } from '../cluster.ts'
import { createFaultBox } from '../faults.ts'
import { createGpu } from '../host/gpu.ts'
import { createMemory } from '../host/memory.ts'
import { plantModel } from '../models/cache.ts'
import { CATALOG } from '../models/catalog.ts'
import { createPace } from '../pace.ts'
import { closeServer, listen } from '../ports.ts'
import { type Engine, startEngine } from './engine.ts'

const root = mkdtempSync(join(tmpdir(), 'sandbox-engine-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('an engine that is killed while it begins to listen leaves its port', async () => {
  plantModel(join(root, 'hub'), CATALOG.qwen3Small)
  const probe = createServer()
  await listen(probe, 0)
  const { port } = probe.address() as { port: number }
  await closeServer(probe)
  const closing = new AbortController()
  const host = {
    faults: createFaultBox(),
    gpu: createGpu(join(root, 'run'), join(root, 'proc'), 'uuid'),
    memory: createMemory(() => undefined),
  } as SimHost
  let pid = 5_000_000
  const cluster = {
    pace: createPace(5_000, closing.signal),
    nextPid: () => ++pid,
    closing: closing.signal,
  } as Cluster
  const engine: Engine = startEngine({
    ...{ host, cluster, shellArgs: '', env: {} },
    container: {
      processes: new Set(),
      mounts: [{ source: '/', target: '', isReadOnly: false }],
      env: { HF_HOME: root },
    },
    words: ['vllm', 'serve', CATALOG.qwen3Small.repo, '--port', `${port}`],
    sink(text) {
      // the last line before it listens; the port is bound after what is due now
      if (text.includes('init engine')) process.nextTick(() => engine.kill())
    },
  })
  expect(await engine.ended).toBe(137)
  await new Promise(setImmediate)
  const next = createServer()
  expect(await listen(next, port)).toBe(true)
  await closeServer(next)
})
