import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { ControlError, type Kind, type Service, Value } from '#core'
import { createFakeClock } from '#core/testing'
import { buildGeneration } from '../../../../core/generation.ts'
import { openDatabase } from '../../../../core/store/database.ts'
import { createKeyValue } from '../../../../core/store/key-value.ts'
import { serveRequests } from '../../../../core/upstream/continue.ts'
import { createUpstream } from '../../../../core/upstream/pool-upstream.ts'
import { type createCleanup, listen } from '../../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../../sandbox/pace.ts'
import { startDiarizer } from '../../../../sandbox/speech/diarizer.ts'
import { NO_FAULTS, type SpeechFault } from '../../../../sandbox/speech/faults.ts'
import { talkFor, turnsOf } from '../../../../sandbox/speech/talk.ts'
import { door } from '../../api.ts'
import { openDoor } from '../../door.ts'
import { Settings } from '../../settings.ts'
import { formOf, wavOf } from '../../testing/audio.ts'

export const TALK = wavOf([[20, 0.3]])
/** What the simulated diarizer hears in it. */
export const TURNS = turnsOf(talkFor(20)).map((turn) => ({
  ...turn,
  speaker: `SPEAKER_0${turn.speaker}`,
}))

type Cleanup = ReturnType<typeof createCleanup>

/** The door of the kind before a simulated diarizer, on a store in a folder. */
export async function startDoor(open: Cleanup, settings: object = {}) {
  const state = { fault: undefined as SpeechFault | undefined }
  const diarizer = open.add(
    await startDiarizer({
      port: 0,
      pace: createPace(2000, new AbortController().signal),
      log: () => undefined,
      faults: {
        ...NO_FAULTS,
        current: () => state.fault,
        used: () => {
          state.fault = undefined
        },
      },
    }),
  )
  const origin = `http://127.0.0.1:${diarizer.port}`
  const upstream = open.add(createUpstream({ origin, requestTimeoutMs: null }))
  const given = { diarize: '/v1/audio/diarization', diarizer: { port: diarizer.port }, ...settings }
  const clock = createFakeClock()
  const service = {
    id: 'asr',
    settings: Value.Default(Settings, given),
    clock,
    signal: new AbortController().signal,
    http: () => upstream,
  } as unknown as Service<Settings>
  const folder = mkdtempSync(join(tmpdir(), 'diarize-'))
  open.add({ close: async () => rmSync(folder, { recursive: true }) })
  const pick = (id = 'asr') => {
    if (id === 'asr') return service
    throw new ControlError('SERVICE_UNKNOWN', `There is no service "${id}".`)
  }
  const begin = async () => {
    const database = openDatabase(join(folder, 'store.sqlite'))
    const store = createKeyValue(database, 'kind/parakeet')
    const { handlers } = openDoor({ store, clock, pick } as unknown as Kind<Settings>)
    const generation = await buildGeneration({
      mounts: [{ prefix: '', tag: 'parakeet', api: door, handlers, forward: () => undefined }],
      deps: { once: (_, work) => work() },
      log: pino({ level: 'silent' }),
      version: '0.0.0',
      extra: () => undefined,
      missing: (path) => new ControlError('NOT_FOUND', `there is nothing at ${path}`),
    })
    const gateway = createServer()
    serveRequests(gateway, (req, res) => generation.handle(req, res))
    const { port } = open.add(await listen(gateway))
    return { port, end: () => database.close() }
  }
  let controller = await begin()
  open.add({ close: async () => controller.end() })
  const post = async (path: string, body: Buffer | string, type: string) => {
    const url = `http://127.0.0.1:${controller.port}/api/audio/${path}`
    const init = {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(Buffer.from(body)),
    }
    const answer = await fetch(url, init)
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, text, json: isJson ? JSON.parse(text) : undefined }
  }
  const upload = (
    path: string,
    fields: Record<string, string> = {},
    file: Buffer | string = TALK,
  ) => {
    const { body, type } = formOf([['file', file], ...Object.entries(fields)])
    return post(path, body, type)
  }
  const chunk = (body: object) => post('diarize-chunk', JSON.stringify(body), 'application/json')
  const restart = async () => {
    controller.end()
    controller = await begin()
  }
  return { state, post, upload, chunk, restart, clock, diarizer }
}
