import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup, until } from '../../../core/upstream/testing/rig.ts'
import { textOf } from '../../../sandbox/speech/talk.ts'
import { formOf } from '../testing/audio.ts'
import {
  startTranscribing,
  TALK,
  TEXT,
  type TranscribingOptions,
  WORDS,
} from '../testing/start-transcribing.ts'

const open = createCleanup()
afterEach(open.run)
const start = (options?: TranscribingOptions) => startTranscribing(open, options)

/** Words of one speaker until the other begins. */
const runsOf = (words: typeof WORDS) =>
  words.reduce<(typeof WORDS)[]>((runs, word) => {
    const run = runs.at(-1)
    if (run?.[0]?.speaker === word.speaker) run.push(word)
    else runs.push([word])
    return runs
  }, [])

describe('who said what', () => {
  const bySpeaker = (json: { segments: { speaker: string; text: string }[] }) =>
    json.segments.map(({ speaker, text }) => `${speaker}: ${text}`)
  const SAID = runsOf(WORDS).map((own) => `${own[0]?.speaker === 0 ? 'A' : 'B'}: ${textOf(own)}`)

  it('comes from a diarizer that is sent the same upload', async () => {
    const { ask, send } = await start({ hasDiarizer: true })
    const { json } = await ask({ response_format: 'diarized_json' })
    expect(bySpeaker(json)).toEqual(SAID)
    expect(json).toMatchObject({ task: 'transcribe', duration: 20, warnings: [] })
    expect(json.segments[0]).toMatchObject({ type: 'transcript.text.segment', overlap: false })
    expect(json.speakers.map(({ id }: { id: string }) => id)).toEqual(['A', 'B'])
    const { body, type } = formOf([
      ['response_format', 'diarized_json'],
      ['file', TALK],
    ])
    expect(bySpeaker((await send(body, type)).json)).toEqual(SAID)
  })

  it('costs the diarizer no decode where another form turns out to be wanted', async () => {
    const { ask, diarizer } = await start({ hasDiarizer: true })
    expect((await ask({ response_format: 'text' })).text).toBe(`${TEXT}\n`)
    expect(diarizer?.left).toBe(0)
    await until(() => diarizer?.decoding === 0)
  })

  it('comes from the answer of a server that tells speakers apart itself', async () => {
    const { ask, state } = await start({ dialect: 'speakers', settings: { diarize: 'answer' } })
    const { json } = await ask({ response_format: 'diarized_json' })
    expect(bySpeaker(json)).toEqual(SAID)
    expect(state.heard[0]?.fields.get('diarize')).toEqual(['true'])
    await ask()
    expect(state.heard[1]?.fields.get('diarize')).toEqual(['false'])
  })

  it('comes as events, too', async () => {
    const { ask } = await start({ hasDiarizer: true })
    const { text } = await ask({ response_format: 'diarized_json', stream: 'true' })
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
      ...SAID.map(() => 'transcript.text.segment'),
      'transcript.text.done',
    ])
  })

  it('is refused where nobody can tell, before anything is decoded', async () => {
    const { ask, server } = await start()
    const { status, json } = await ask({ response_format: 'diarized_json' })
    expect([status, json.error.code]).toEqual([422, 'speakers_unavailable'])
    await until(() => server.decoding === 0)
  })

  it('says that the diarizer is not there, while plain text is had without it', async () => {
    const { ask, diarizer } = await start({ hasDiarizer: true })
    await diarizer?.close()
    const { status, json } = await ask({ response_format: 'diarized_json' })
    expect([status, json.error.code]).toEqual([502, 'upstream_unreachable'])
    expect((await ask()).json.text).toBe(TEXT)
  })
})
