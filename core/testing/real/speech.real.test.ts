import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wavHead } from '../../../sandbox/tts/encode.ts'
import { createTtsServer } from '../../../sandbox/tts/http.ts'
import { type SpawnedController, spawnController } from '../spawn-controller.ts'
import { ask } from './ask.ts'
import { createFliteEngine, resample } from './flite-engine.ts'
import { isPresent } from './is-present.ts'
import { waitUntil } from './wait-until.ts'

const parts = ['flite', 'pocketsphinx_continuous', 'ffmpeg'].map(isPresent)

/** Words that a recogniser of 2010 knows well; each voice says all of them. */
const TEXT =
  'The old man opened the door and looked out at the rain. ' +
  'There were three children in the garden. ' +
  'They asked him for some water and a piece of bread.'

describe.runIf(parts.every(Boolean))('speech of real voices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'real-speech-'))
  let server: Server
  let controller: SpawnedController
  let openai: OpenAI

  beforeAll(async () => {
    server = createTtsServer({
      ...{ engine: createFliteEngine(), isSimulated: false, log: () => {} },
      ...{ trouble: () => undefined, beforeHealth: async () => {} },
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const file = join(folder, 'topology.yaml')
    writeFileSync(
      file,
      `cluster: speech\nservices:\n  tts: { kind: kokoro, url: 'http://127.0.0.1:${port}' }\n`,
    )
    controller = await spawnController([
      file,
      '--data',
      folder,
      '--port',
      '0',
      '--host',
      '127.0.0.1',
    ])
    openai = new OpenAI({ baseURL: `${controller.url}/v1`, apiKey: 'none', maxRetries: 0 })
    const isUp = async () =>
      (await ask<{ state: string }>(controller, '/api/services/tts')).body.state === 'up'
    await waitUntil(isUp, { withinMs: 30_000, otherwise: controller.output })
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const speak = async (
    voice: string,
    response_format: 'wav' | 'pcm' | 'mp3' | 'opus' | 'aac' | 'flac',
  ) =>
    Buffer.from(
      await (
        await openai.audio.speech.create({ model: 'kokoro', voice, input: TEXT, response_format })
      ).arrayBuffer(),
    )

  it.each(['af_slt', 'am_rms'])('by %s is understood by a recogniser', async (voice) => {
    const pcm = await speak(voice, 'pcm')
    const heard = await recognise(pcm, join(folder, `${voice}.wav`))
    const share = wordErrors(wordsOf(TEXT), heard) / wordsOf(TEXT).length
    expect(share).toBeLessThan(0.3)
  })

  it.each(['mp3', 'opus', 'aac', 'wav', 'pcm'] as const)(
    'in %s is as long as it is counted',
    async (format) => {
      type Activity = { audio_seconds: number }
      const counted = async () =>
        (await ask<Activity>(controller, '/api/tts/activity')).body.audio_seconds
      const before = await counted()
      const samples = (await speak('am_rms', 'pcm')).length / 48_000
      const between = await counted()
      expect(between - before).toBeCloseTo(samples, 3)
      const bytes = await speak('am_rms', format)
      expect(bytes.length).toBeGreaterThan(10_000)
      // encoders add what fills their last frame, and a little in front
      expect(Math.abs((await counted()) - between - samples)).toBeLessThan(0.12)
    },
  )

  it('as one file is what its sentences are, and decodes whole', async () => {
    const input = `${TEXT} `.repeat(6)
    const asked = { model: 'kokoro', voice: 'am_rms', input, response_format: 'wav', stream: false }
    const reply = await fetch(`${controller.url}/v1/audio/speech`, {
      ...{ method: 'POST', body: JSON.stringify(asked) },
      headers: { 'content-type': 'application/json' },
    })
    const file = join(folder, 'whole.wav')
    const bytes = Buffer.from(await reply.arrayBuffer())
    writeFileSync(file, bytes)
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44)
    const decoded = ['-v', 'error', '-i', file, '-f', 's16le', '-']
    const { stdout, stderr } = await run('ffmpeg', decoded, {
      ...{ encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
    })
    expect([String(stderr), stdout.equals(bytes.subarray(44))]).toEqual(['', true])
  })
})

const run = promisify(execFile)

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? []

/** What PocketSphinx hears in 24 kHz samples; it wants 16 kHz. */
async function recognise(pcm: Buffer, file: string): Promise<string[]> {
  const given = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2)
  const samples = resample(given, 24_000, 16_000)
  const head = wavHead(samples.byteLength)
  head.writeUInt32LE(16_000, 24)
  head.writeUInt32LE(32_000, 28)
  writeFileSync(file, Buffer.concat([head, Buffer.from(samples.buffer)]))
  const { stdout } = await run('pocketsphinx_continuous', ['-infile', file, '-logfn', '/dev/null'])
  return wordsOf(stdout)
}

/** Insertions, deletions and replacements that make one of the other. */
function wordErrors(wanted: string[], heard: string[]): number {
  let row = heard.map((_, n) => n + 1)
  row.unshift(0)
  for (const [i, word] of wanted.entries()) {
    const next = [i + 1]
    for (const [j, other] of heard.entries())
      next.push(
        Math.min(
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
          (row[j] ?? 0) + (word === other ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}
