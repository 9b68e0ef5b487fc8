import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedController, spawnController } from '../../../core/testing/spawn-controller.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { NO_FAULTS } from '../../../sandbox/speech/faults.ts'
import type { SpeechServer } from '../../../sandbox/speech/speech-server.ts'
import { startSttServer } from '../../../sandbox/speech/stt-server.ts'

/** A controller in a process of its own before a simulated speech server in this one. */
export interface Stage {
  /** The one behind `whole`. */
  server: SpeechServer
  controller: SpawnedController
  close(): Promise<void>
}

/**
 * Starts both. `whole` takes everything as it comes; `limited` takes ten minutes at a time, so that
 * long audio is cut. `speed` is how many times faster than simulated its decodes are.
 */
export async function startStage(speed: number): Promise<Stage> {
  const pace = createPace(speed, new AbortController().signal)
  const start = () => startSttServer({ port: 0, pace, faults: NO_FAULTS, log: () => undefined })
  const [server, second] = await Promise.all([start(), start()])
  const folder = mkdtempSync(join(tmpdir(), 'bench-speech-'))
  const file = join(folder, 'topology.yaml')
  writeFileSync(
    file,
    `services:
  whole: { kind: parakeet, url: 'http://127.0.0.1:${server.port}', models: [whole], max_upload: 2g, default: true }
  limited: { kind: parakeet, url: 'http://127.0.0.1:${second.port}', models: [limited], max_upload: 2g, max_audio: 10m }
`,
  )
  const args = [file, '--data', join(folder, 'data'), '--port', '0', '--host', '127.0.0.1']
  const controller = await spawnController(args)
  return {
    server,
    controller,
    async close() {
      await controller.kill('SIGTERM')
      await Promise.all([server.close(), second.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
