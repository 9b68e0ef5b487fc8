import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { createCleanup, listen, read, startAnswering } from '../../../core/upstream/testing/rig.ts'
import { findProgram } from '../audio/ffmpeg.ts'
import type { Settings } from '../settings.ts'
import { formOf } from '../testing/audio.ts'
import { fakeService } from '../testing/fake-service.ts'
import { type Line, speak } from '../testing/speak.ts'
import { startSphinxServer } from '../testing/sphinx-server.ts'
import type { Turn } from '../turns.ts'
import { transcribe } from './transcribe.ts'

const DIALOGUE: Line[] = [
  ['rms', 'Good morning everybody, and welcome to the meeting of this week.'],
  ['awb', 'The new house has seven rooms and a very large garden.'],
  ['slt', 'We would like to see the kitchen before the end of the month.'],
  ['kal16', 'Please call the office again on Monday morning.'],
  ['rms', 'Thank you very much for your time today.'],
]
const REFERENCE = DIALOGUE.map(([, text]) => plain(text))

function plain(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? []
}

/** Share of the words of `wanted` that stand in `found`, in order. */
function shareOf(wanted: readonly string[], found: readonly string[]): number {
  const lengths = Array.from({ length: found.length + 1 }, () => 0)
  for (const word of wanted) {
    let diagonal = 0
    found.forEach((other, at) => {
      const above = lengths[at + 1] as number
      lengths[at + 1] = word === other ? diagonal + 1 : Math.max(above, lengths[at] as number)
      diagonal = above
    })
  }
  return (lengths[found.length] as number) / wanted.length
}

const PARTS = [
  ['flite', 'flite'],
  ['pocketsphinx_continuous', 'pocketsphinx'],
  ['ffmpeg', 'ffmpeg'],
] as const
const MODEL = '/usr/share/pocketsphinx/model/en-us/en-us'

function missingParts(): string | undefined {
  const packages = PARTS.flatMap(([program, name]) =>
    findProgram(program) ? [] : [name as string],
  )
  if (!existsSync(MODEL)) packages.push('pocketsphinx-en-us')
  return packages.length > 0
    ? `${packages.join(', ')} missing (Debian: apt-get install ${packages.join(' ')})`
    : undefined
}

describeWhere(missingParts(), 'real speech', () => {
  const open = createCleanup()
  let wav: Buffer
  let turns: Turn[]
  let ask: (
    settings: Partial<Settings>,
    format: string,
    file: Buffer,
  ) => Promise<{ status: number; text: string }>

  beforeAll(async () => {
    const spoken = await speak(DIALOGUE, 0.8)
    wav = spoken.wav
    turns = spoken.turns
    const sphinx = open.add(await startSphinxServer())
    const upstreamTo = (port: number) =>
      open.add(createUpstream({ origin: `http://127.0.0.1:${port}`, requestTimeoutMs: null }))
    const main = upstreamTo(sphinx.port)
    const diarizer = upstreamTo((await openDiarizer()).port)
    ask = async (settings, format, file) => {
      const told = { diarize: '/v1/audio/diarization', diarizer: { port: 1 }, ...settings }
      const service = fakeService(told, (endpoint) => (endpoint === 'diarizer' ? diarizer : main))
      const { answer } = transcribe({ service, ffmpeg: findProgram('ffmpeg') })
      const gateway = await startAnswering(main, { maxBytes: 1e9, answer })
      const { body, type } = formOf([
        ['response_format', format],
        ['timestamp_granularities[]', 'word'],
        ['file', file],
      ])
      const init = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) }
      const reply = await read(`${gateway.origin}/v1/audio/transcriptions`, init)
      await gateway.close()
      return { status: reply.status, text: String(reply.body) }
    }
  })
  afterAll(open.run)

  /** A diarizer that knows who spoke when. */
  const openDiarizer = async () =>
    open.add(
      await listen(
        createServer((req, res) => {
          req.resume().on('end', () => {
            res.setHeader('content-type', 'application/json')
            res.end(JSON.stringify({ segments: turns }))
          })
        }),
      ),
    )

  it('is heard with times of words, as long as it is', async () => {
    const { status, text } = await ask({}, 'verbose_json', wav)
    const answer = JSON.parse(text)
    expect(status).toBe(200)
    expect(shareOf(REFERENCE.flat(), plain(answer.text))).toBeGreaterThan(0.7)
    expect(answer.duration).toBeCloseTo((wav.length - 44) / 32_000, 2)
    const middle = (word: { start: number; end: number }) => (word.start + word.end) / 2
    const inTurns = answer.words.filter((word: { start: number; end: number }) =>
      turns.some(({ start, end }) => middle(word) > start - 0.2 && middle(word) < end + 0.2),
    )
    expect(inTurns.length / answer.words.length).toBeGreaterThan(0.95)
  })

  it('is told by its four speakers', async () => {
    const { text } = await ask({}, 'diarized_json', wav)
    const { segments, speakers } = JSON.parse(text) as {
      segments: { speaker: string; text: string }[]
      speakers: unknown[]
    }
    expect(segments.map(({ speaker }) => speaker)).toEqual(['A', 'B', 'C', 'D', 'A'])
    expect(speakers).toHaveLength(4)
    segments.forEach((segment, at) => {
      expect(shareOf(REFERENCE[at] ?? [], plain(segment.text))).toBeGreaterThan(0.55)
    })
  })

  it('is cut at its pauses where it is too long, and nearly the same is heard', async () => {
    const whole = JSON.parse((await ask({}, 'verbose_json', wav)).text)
    const { status, text } = await ask({ max_audio: '8s' }, 'verbose_json', wav)
    const pieces = JSON.parse(text)
    expect(status).toBe(200)
    expect(shareOf(plain(whole.text), plain(pieces.text))).toBeGreaterThan(0.75)
    expect(pieces.duration).toBeCloseTo(whole.duration, 1)
    expect(pieces.words.at(-1).start).toBeGreaterThan(whole.duration - 3)
  })

  it.each([
    ['ogg', ['-c:a', 'libopus', '-f', 'ogg']],
    ['mp3', ['-c:a', 'libmp3lame', '-f', 'mp3']],
    ['webm', ['-c:a', 'libopus', '-f', 'webm']],
  ])('of %s is measured and cut by ffmpeg, without a file', async (_, codec) => {
    const args = ['-v', 'error', '-i', 'pipe:0', ...codec, 'pipe:1']
    const { wav: short } = await speak(DIALOGUE.slice(0, 2), 0.8)
    const coded = execFileSync('ffmpeg', args, { input: short, maxBuffer: 1e8 })
    // its server takes only WAV, which is what pieces are
    const { status, text } = await ask({ max_audio: '30s' }, 'verbose_json', coded)
    const answer = JSON.parse(text)
    expect(status).toBe(200)
    expect(answer.duration_source).toBe('audio')
    expect(answer.duration).toBeCloseTo((short.length - 44) / 32_000, 0)
    expect(shareOf(REFERENCE.slice(0, 2).flat(), plain(answer.text))).toBeGreaterThan(0.6)
    const refusal = await ask({}, 'json', coded)
    expect(refusal.status).toBe(415)
    expect(JSON.parse(refusal.text).error.code).toBe('audio_unreadable')
  })
})
