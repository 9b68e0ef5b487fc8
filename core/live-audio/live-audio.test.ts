import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { createCleanup, startServer } from '../upstream/testing/rig.ts'
import { liveAudio } from './live-audio.ts'

const open = createCleanup()
afterEach(open.run)
const folder = mkdtempSync(join(tmpdir(), 'live-audio-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'talk.wav')
writeFileSync(file, 'RIFF')

const SEGMENTS = [
  { start: 0, end: 2, text: 'Hello.', speaker: 'A' },
  { start: 3661, end: 3663, text: 'Goodbye.', speaker: 'B' },
]
const DIARIZED = {
  ...{ duration: 3700, segments: SEGMENTS, warnings: ['Two share a label.'] },
  speakers: [{ id: 'A', seconds: 2, words: 1 }],
}

/** What is printed against a controller that answers each form so; and the forms it was asked for. */
async function run(answers: Record<string, [status: number, body: unknown]>, token?: string) {
  const asked: string[] = []
  const server = open.add(
    await startServer(async (req, res) => {
      let body = ''
      for await (const chunk of req) body += chunk
      const format = /name="response_format"\r\n\r\n(\w+)/.exec(body)?.[1] ?? ''
      asked.push(`${format} ${req.headers.authorization ?? ''}`.trim())
      const [status, value] = answers[format] ?? [404, 'nothing here']
      res.writeHead(status)
      res.end(typeof value === 'string' ? value : JSON.stringify(value))
    }),
  )
  let printed = ''
  let nowMs = 0
  await liveAudio(file, {
    ...{ url: server.origin, ...(token && { token }) },
    write: (text) => {
      printed += text
    },
    now: () => {
      nowMs += 37_000
      return nowMs
    },
  })
  return { printed, asked }
}

it('prints who said what, how long it took and what should be known', async () => {
  const { printed, asked } = await run({ diarized_json: [200, DIARIZED] }, 'sct_secret')
  expect(printed).toContain('00:00:00  A: Hello.\n01:01:01  B: Goodbye.\n')
  expect(printed).toContain('01:01:40 of audio in 37.0 s, 100.0 × faster than speech')
  expect(printed).toContain('A spoke 1 words, 2 s')
  expect(printed).toContain('Note: Two share a label.')
  expect(printed).not.toContain('sct_secret')
  expect(asked).toEqual(['diarized_json Bearer sct_secret'])
})

it('does without speakers where nobody can tell them, and says so', async () => {
  const refusal = { error: { code: 'speakers_unavailable', message: 'no' } }
  const { printed, asked } = await run({
    diarized_json: [422, refusal],
    verbose_json: [200, { duration: 5, segments: [{ start: 0, end: 1, text: ' Hi.' }] }],
  })
  expect(printed).toContain('00:00:00  Hi.')
  expect(printed).toContain('Speakers are not told apart')
  expect(asked).toEqual(['diarized_json', 'verbose_json'])
})

it('throws what the controller says, and that there is none', async () => {
  const crashed = { error: { code: 'decode_crashed', message: 'It crashed.' } }
  await expect(run({ diarized_json: [502, crashed] })).rejects.toMatchObject({
    ...{ code: 'DECODE_CRASHED', message: 'It crashed.' },
  })
  await expect(run({})).rejects.toThrow('nothing here')
  const nowhere = { url: 'http://127.0.0.1:1', write: () => undefined, now: () => 0 }
  await expect(liveAudio(file, nowhere)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  await expect(liveAudio('/no/such/file', nowhere)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
})
