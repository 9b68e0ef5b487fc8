import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup } from '../../../core/upstream/testing/rig.ts'
import { readTurns } from './read-turns.ts'
import { startDoor, TALK, TURNS } from './testing/start-door.ts'

const open = createCleanup()
afterEach(open.run)
const start = (settings: object = {}) => startDoor(open, settings)

describe('diarization', () => {
  it('answers who speaks when', async () => {
    const { upload } = await start()
    const { status, json } = await upload('diarize')
    expect(status).toBe(200)
    expect(json).toEqual({
      ...{ duration: 20, turns: TURNS, speakers: ['SPEAKER_00', 'SPEAKER_01'], warnings: [] },
    })
  })

  it.each([
    ['the query', 'diarize?format=rttm', {}],
    ['a field, as other servers have it', 'diarize', { response_format: 'rttm' }],
  ])('answers RTTM where %s asks for it', async (_, path, fields) => {
    const { upload } = await start()
    const { text } = await upload(path, fields)
    expect(text).toMatch(/^SPEAKER audio 1 0\.300 \d+\.\d{3} <NA> <NA> SPEAKER_00 <NA> <NA>\n/)
    expect(readTurns(text)).toHaveLength(TURNS.length)
  })

  it('warns where as many speak as the diarizer can tell apart', async () => {
    const { upload } = await start({ diarizer_speakers: 2 })
    const { json } = await upload('diarize')
    expect(json.warnings).toEqual([expect.stringContaining('tells 2 apart at a time')])
  })

  const riff = TALK.subarray(0, 30)
  it.each([
    [415, 'AUDIO_TYPE', '%PDF-1.7 hello and much more of it than fits in a head of any audio file'],
    [400, 'AUDIO_EMPTY', Buffer.of()],
    [400, 'AUDIO_UNREADABLE', riff],
  ])('refuses with %i %s what is no audio', async (status, code, file) => {
    const { upload } = await start()
    const answer = await upload('diarize', {}, Buffer.from(file))
    expect([answer.status, answer.json.error.code]).toEqual([status, code])
  })

  it('refuses what is no form, a service there is not, and a service without a diarizer', async () => {
    const { post, upload } = await start()
    expect((await post('diarize', 'hello', 'text/plain')).status).toBe(415)
    expect((await upload('diarize?service=tts')).json.error.code).toBe('SERVICE_UNKNOWN')
    expect((await upload('diarize', { response_format: 'srt' })).status).toBe(400)
    const { upload: other } = await start({ diarize: undefined })
    const { status, json } = await other('diarize')
    expect([status, json.error.code]).toEqual([422, 'SPEAKERS_UNAVAILABLE'])
    expect(json.error.hint).toContain('services.asr.diarize')
  })

  it('tells of a diarizer that crashed in the middle', async () => {
    const { upload, state } = await start()
    state.fault = 'crash'
    expect((await upload('diarize')).json.error.code).toBe('DECODE_CRASHED')
    expect((await upload('diarize')).status).toBe(200)
  })
})
