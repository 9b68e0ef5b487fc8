import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup } from '../../../core/upstream/testing/rig.ts'
import { LIFETIME_MS, MOST_SESSIONS } from './sessions.ts'
import { startDoor, TURNS } from './testing/start-door.ts'

const open = createCleanup()
afterEach(open.run)
const start = (settings: object = {}) => startDoor(open, settings)

const turn = (start: number, end: number, speaker: string) => ({ start, end, speaker })

const FIRST = { turns: [turn(0, 100, 'a'), turn(100, 300, 'b')], end_s: 300, max_speakers: 2 }
const SECOND = { start_s: 180, end_s: 480, turns: [turn(0, 150, 'x'), turn(160, 300, 'y')] }

describe('chunks', () => {
  it('go on after a restart of the controller, with the same labels', async () => {
    const { chunk, restart } = await start()
    const first = (await chunk(FIRST)).json
    expect(first).toMatchObject({
      ...{ until_s: 300, speakers: ['speaker_1', 'speaker_2'], unlinked: [], warnings: [] },
      expires_at: '2026-01-02T12:00:00.000Z',
    })
    await restart()
    const { status, json } = await chunk({ ...SECOND, session: first.session })
    expect(status).toBe(200)
    expect(json.turns).toEqual([turn(300, 330, 'speaker_2'), turn(340, 480, 'speaker_1')])
    expect(json.links.map(({ by }: { by: string }) => by)).toEqual(['overlap', 'elimination'])
  })

  it('of audio are heard by the diarizer', async () => {
    const { upload } = await start()
    const first = (await upload('diarize-chunk')).json
    expect(first.turns.map(({ speaker }: { speaker: string }) => speaker)).toEqual(
      TURNS.map(({ speaker }) => (speaker === 'SPEAKER_00' ? 'speaker_1' : 'speaker_2')),
    )
    expect(first.until_s).toBe(20)
    const next = await upload('diarize-chunk?start_s=10', { session: first.session })
    expect(next.json.turns[0].start).toBeGreaterThanOrEqual(20)
    expect(next.json.until_s).toBe(30)
  })

  it('sent again are answered as before', async () => {
    const { chunk } = await start()
    const { session } = (await chunk(FIRST)).json
    const second = await chunk({ ...SECOND, session })
    expect((await chunk({ ...SECOND, session })).text).toBe(second.text)
  })

  it('that come at once both count', async () => {
    const { chunk } = await start()
    const { session } = (await chunk(FIRST)).json
    const third = { ...SECOND, start_s: 360, end_s: 660 }
    const both = await Promise.all([chunk({ ...SECOND, session }), chunk({ ...third, session })])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(both[1]?.json.until_s).toBe(660)
  })

  it('say which speakers nothing links', async () => {
    const { chunk } = await start()
    const { session } = (await chunk({ ...FIRST, max_speakers: undefined })).json
    const { json } = await chunk({ ...SECOND, session, start_s: 300, end_s: 600 })
    expect(json.unlinked).toEqual(['speaker_3', 'speaker_4'])
    expect(json.warnings).toEqual([
      expect.stringContaining('Nothing of this chunk was heard before'),
      expect.stringContaining('speaker_3 is new'),
      expect.stringContaining('speaker_4 is new'),
    ])
  })

  it('with more speakers than the diarizer can tell apart warn', async () => {
    const { chunk } = await start()
    const turns = ['a', 'b', 'c', 'd'].map((label, index) => turn(index, index + 1, label))
    expect((await chunk({ turns })).json.warnings).toEqual([expect.stringContaining('4 apart')])
  })

  it('are refused in the wrong order, and what was there stays', async () => {
    const { chunk } = await start()
    const { session } = (await chunk(FIRST)).json
    const early = await chunk({ ...SECOND, session, start_s: 0, end_s: 200 })
    expect([early.status, early.json.error.code]).toEqual([409, 'CHUNK_OUT_OF_ORDER'])
    expect((await chunk({ ...SECOND, session })).status).toBe(200)
  })

  it('end with their session, 24 hours after the last one', async () => {
    const { chunk, clock } = await start()
    const { session } = (await chunk(FIRST)).json
    clock.set(clock.now() + LIFETIME_MS)
    expect((await chunk({ ...SECOND, session })).status).toBe(200)
    clock.set(clock.now() + LIFETIME_MS + 1)
    const late = await chunk({ ...SECOND, session, start_s: 400, end_s: 700 })
    expect([late.status, late.json.error.code]).toEqual([404, 'SESSION_UNKNOWN'])
  })

  it('of too many recordings are refused until one is forgotten', async () => {
    const { chunk, clock } = await start()
    const some = Array.from({ length: MOST_SESSIONS }, () => chunk({ turns: [turn(0, 1, 'a')] }))
    await Promise.all(some)
    const refused = await chunk(FIRST)
    expect([refused.status, refused.json.error.code]).toEqual([429, 'SESSIONS_FULL'])
    clock.set(clock.now() + LIFETIME_MS + 1)
    expect((await chunk(FIRST)).status).toBe(200)
  })

  it.each([
    ['SESSION_UNKNOWN', { ...SECOND, session: 'of-nobody' }],
    ['VALIDATION', { ...SECOND, session: '../x' }],
    ['VALIDATION', { ...FIRST, start_s: -1 }],
    ['VALIDATION', { ...FIRST, end_s: 'late' }],
    ['VALIDATION', { ...FIRST, max_speakers: 0 }],
    ['VALIDATION', { ...FIRST, speakers: 2 }],
    ['VALIDATION', { start_s: 3 }],
    ['VALIDATION', { turns: [] }],
    ['VALIDATION', { ...FIRST, start_s: 300 }],
    ['TURNS_UNREADABLE', { turns: [turn(-5, 1, 'a')] }],
    ['TURNS_UNREADABLE', { turns: [turn(3, 1, 'a')] }],
    ['TURNS_UNREADABLE', { turns: 'hello' }],
  ])('are refused by %s: %j', async (code, body) => {
    const { chunk } = await start()
    const { status, json } = await chunk(body)
    expect(json.error.code).toBe(code)
    expect(status).toBeLessThan(500)
  })

  it('that are no JSON, too large or with a session unknown are refused before they are heard', async () => {
    const { post, upload, diarizer } = await start()
    expect((await post('diarize-chunk', '[1]', 'application/json')).status).toBe(400)
    expect((await post('diarize-chunk', '{', 'application/json')).status).toBe(400)
    const large = JSON.stringify({ turns: 'x'.repeat(5 * 1024 ** 2) })
    expect((await post('diarize-chunk', large, 'application/json')).status).toBe(413)
    expect((await upload('diarize-chunk?session=of-nobody')).status).toBe(404)
    expect(diarizer.decoding).toBe(0)
  })
})
