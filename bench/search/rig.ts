import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedController, spawnController } from '../../core/testing/spawn-controller.ts'
import { flag } from '../../sandbox/search/embeddings/flag.ts'
import { serveDialect } from '../../sandbox/search/embeddings/http.ts'
import type { TextModel } from '../../sandbox/search/embeddings/model.ts'
import { startQdrant } from '../../sandbox/search/qdrant.ts'

/** A controller with an embeddings server and a Qdrant behind it. */
export interface Rig {
  controller: SpawnedController
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** The job's result; throws unless it succeeds. */
  ended<T>(job: { id: string }): Promise<T>
  close(): Promise<void>
}

/**
 * Starts all of it, the controller in a process of its own, with `nodeArgs`. Qdrant is the sandbox's,
 * which scores as the real one.
 */
export async function startRig(model: TextModel, nodeArgs: string[] = []): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'))
  const embeddings = await serveDialect({ port: 0, dialect: flag(model) })
  const qdrant = await startQdrant()
  const file = join(folder, 'topology.yaml')
  writeFileSync(
    file,
    `services:
  embeddings:
    kind: embeddings
    url: ${embeddings.origin}
    qdrant: { url: "http://127.0.0.1:${qdrant.port}" }
`,
  )
  const args = [file, '--data', join(folder, 'data'), '--port', '0', '--host', '127.0.0.1']
  const controller = await spawnController(args, {}, nodeArgs)
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(controller.url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return JSON.parse(text) as T
  }
  return {
    controller,
    call,
    async ended<T>({ id }: { id: string }) {
      for (;;) {
        const job = await call<{ state: string; result: T }>('GET', `/api/jobs/${id}?wait=60`)
        if (job.state === 'succeeded') return job.result
        if (job.state !== 'running' && job.state !== 'queued') throw new Error(`it ${job.state}`)
      }
    },
    async close() {
      await controller.kill('SIGTERM')
      await qdrant.close()
      await embeddings.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
