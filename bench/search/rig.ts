import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sentenceEncoder } from '../../core/testing/real/sentence-encoder.ts'
import { type SpawnedController, spawnController } from '../../core/testing/spawn-controller.ts'
import { flag } from '../../sandbox/search/embeddings/flag.ts'
import { serveDialect } from '../../sandbox/search/embeddings/http.ts'
import { startQdrant } from '../../sandbox/search/qdrant.ts'

/** A controller with real sentence vectors and a Qdrant behind it. */
export interface Rig {
  controller: SpawnedController
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

/**
 * Starts all of it. The vectors are the Universal Sentence Encoder's, the sparse side BM25 weights of
 * hashed words; Qdrant is the sandbox's, which scores as the real one. `nodeArgs` are the controller's.
 */
export async function startRig(nodeArgs: string[] = []): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'))
  const embeddings = await serveDialect({ port: 0, dialect: flag(await sentenceEncoder()) })
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
  return {
    controller,
    async call<T>(method: string, path: string, body?: unknown) {
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
    },
    async close() {
      await controller.kill('SIGTERM')
      await qdrant.close()
      await embeddings.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
