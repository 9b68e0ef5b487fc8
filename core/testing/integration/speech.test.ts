import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import OpenAI, { APIError, toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceView } from '../../views.ts'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { toneWav } from '../tone-wav.ts'

const TALK = toneWav(20)
const MODEL = 'parakeet-tdt-0.6b-v3'
const page = readFileSync(new URL('../../../docs/AUDIO_API.md', import.meta.url), 'utf8')

let cluster: TestCluster
let openai: OpenAI

beforeAll(async () => {
  cluster = await startTestCluster()
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'any', maxRetries: 0 })
})
afterAll(() => cluster?.close())

const asr = async () => (await cluster.ask<ServiceView>('/api/services/asr')).body
const file = (bytes: Buffer = TALK) => toFile(bytes, 'talk.wav')
const transcribe = async (bytes?: Buffer) =>
  openai.audio.transcriptions.create({ file: await file(bytes), model: 'whisper-1' })

const refused = (work: Promise<unknown>): Promise<APIError> =>
  work.then(
    () => expect.unreachable('it should have been refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(APIError)
      return error as APIError
    },
  )

/** The beginning of an upload; what is answered to it comes back. */
function begin(bytes: number, extra = '') {
  const { hostname, port } = new URL(cluster.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(
    `POST /v1/audio/transcriptions HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${bytes}\r\n` +
      `Content-Type: multipart/form-data; boundary=x\r\n${extra}\r\n`,
  )
  return socket
}
const answered = async (socket: ReturnType<typeof begin>) => String((await once(socket, 'data'))[0])

describe('the official openai client', () => {
  it('transcribes in each form', async () => {
    const { text } = await transcribe()
    expect(text).toMatch(/^Good morning, this is the simulated transcript/)
    const create = openai.audio.transcriptions.create.bind(openai.audio.transcriptions)
    const verbose = await create({
      ...{ file: await file(), model: MODEL, response_format: 'verbose_json' },
      timestamp_granularities: ['word', 'segment'],
    })
    expect(verbose).toMatchObject({ text, duration: 20, language: 'en' })
    expect(verbose.words?.map(({ word }) => word).join(' ')).toBe(text)
    expect(verbose.segments?.length).toBeGreaterThan(2)
    const srt = await create({ file: await file(), model: MODEL, response_format: 'srt' })
    expect(srt).toMatch(/^1\n00:00:00,300 --> /)
    const stream = await create({ file: await file(), model: MODEL, stream: true })
    const types: string[] = []
    for await (const { type } of stream) types.push(type)
    expect(types.at(-1)).toBe('transcript.text.done')
    expect(types.length).toBeGreaterThan(3)
  })

  it('finds the models, and its work in the figures', async () => {
    const ids: string[] = []
    for await (const { id, owned_by } of openai.models.list())
      if (owned_by === 'parakeet') ids.push(id)
    expect(ids).toEqual([MODEL, 'whisper-1'])
    const view = await until(async () => {
      const seen = await asr()
      return seen.figures.real_time_factor !== undefined && seen
    }, 'a look at the figures')
    expect(view).toMatchObject({ state: 'up', figures: { speakers: 'up' }, has_containers: true })
    const { text } = await cluster.ask('/metrics')
    expect(text).toMatch(/^speech_audio_seconds_total\{.*service="asr".*\} 80$/m)
  })

  it('reads a crashed decode from a busy GPU', async () => {
    await cluster.setFaults('spark-2', { speech: 'crash' })
    expect(await refused(transcribe())).toMatchObject({ status: 502, code: 'decode_crashed' })
    expect((await transcribe()).text).toContain('Good morning')
    await cluster.setFaults('spark-2', { speech: 'busy' })
    expect((await transcribe()).text).toContain('Good morning')
  })

  it('reads that it is loading while the port is closed, and gets its answer afterwards', async () => {
    await cluster.setFaults('spark-2', { speech: 'refuse' })
    await until(async () => (await asr()).state === 'starting', 'a look at the closed port')
    const error = await refused(transcribe())
    expect(error).toMatchObject({ status: 502, code: 'upstream_unreachable' })
    expect(error.message).toContain('loads its model')
    await cluster.setFaults('spark-2', {})
    await until(async () => (await asr()).state === 'up', 'the open port')
    expect((await transcribe()).text).toContain('Good morning')
  })

  it('is told of a file that is none, and the service stays as it was', async () => {
    for (const [bytes, status, code] of [
      [Buffer.alloc(0), 400, 'audio_empty'],
      [Buffer.from('no audio, but a letter to the server'), 415, 'audio_type'],
      [TALK.subarray(0, 40), 400, 'audio_unreadable'],
    ] as const)
      expect(await refused(transcribe(bytes))).toMatchObject({ status, code })
    await until(async () => (await asr()).in_flight === 0, 'nothing in flight')
  })
})

describe('an upload', () => {
  it('of three gigabytes is refused before any of it is sent', async () => {
    const socket = begin(3e9, 'Expect: 100-continue\r\n')
    expect(await answered(socket)).toMatch(/^HTTP\/1.1 413 [\s\S]*payload_too_large/)
    socket.destroy()
  })

  it('waits unread while two are decoded, and is refused unread when eight wait', async () => {
    const held = [1, 2].map(() => begin(1000))
    await until(async () => (await asr()).in_flight === 2, 'two under way')
    const waiting = Array.from({ length: 8 }, () => begin(1000))
    await until(async () => (await asr()).admission?.waiting === 8, 'eight waiting')
    const late = begin(1000, 'Expect: 100-continue\r\n')
    expect(await answered(late)).toMatch(/^HTTP\/1.1 429 [\s\S]*retry-after: [\s\S]*queue_full/i)
    for (const socket of [...held, ...waiting, late]) socket.destroy()
    await until(async () => (await asr()).in_flight === 0, 'nobody there')
    expect((await transcribe()).text).toContain('Good morning')
  })
})

it('every example of docs/AUDIO_API.md does what it says', async ({ skip }) => {
  if (!(await canRunExamples())) skip('curl or jq is not installed')
  const ran = await runDocExamples(page, cluster.url, { 'meeting.wav': TALK })
  // those of speech and those of transcripts, speakers and labels
  expect(ran.examples).toBeGreaterThan(12)
  expect(ran.stdout).toContain('transcript.text.done')
})
