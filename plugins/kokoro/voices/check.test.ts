import { describe, expect, it } from 'vitest'
import { checkVoice, findNear } from './check.ts'
import { readVoices } from './voice.ts'

const ids = ['af_heart', 'af_bella', 'am_adam', 'am_michael', 'bf_emma', 'em_santa', 'am_santa']
const known = { service: 'tts', ids }

const failure = (work: () => unknown) => {
  try {
    work()
  } catch (thrown) {
    return thrown as { code: string; hint?: string; message: string }
  }
  return expect.unreachable('it should have thrown')
}

describe('a voice before it is sent', () => {
  it('goes on without its blanks, OpenAI names and own aliases included', () => {
    expect(checkVoice(' af_heart + alloy(2) ', known)).toBe('af_heart+alloy(2)')
    expect(checkVoice('Alice-am_adam', known, { aliases: ['Alice'] })).toBe('Alice-am_adam')
  })

  it('is named with those that come near when there is none of the name', () => {
    const error = failure(() => checkVoice('am_adam+af_hart', known))
    expect(error).toMatchObject({
      code: 'VOICE_UNKNOWN',
      message: 'There is no voice "af_hart" on tts.',
      details: [{ path: 'voice' }],
    })
    expect(error.hint).toContain('"af_heart"')
    expect(failure(() => checkVoice('qqqqqqqqqqqqq', known)).hint).toContain('"af_bella"')
  })

  it('may be anything while nobody knows the voices, if it is a mix at all', () => {
    const nobody = { service: 'tts', ids: [] }
    expect(checkVoice('whoever', nobody)).toBe('whoever')
    expect(failure(() => checkVoice('a++b', nobody)).code).toBe('VOICE_MIX_INVALID')
  })

  it.each([
    ['heart', ['af_heart']],
    ['AF_HEART', ['af_heart']],
    ['bf_santa', ['em_santa', 'am_santa']],
    ['af_michael', ['am_michael']],
    ['zzzzzzzzzzz', []],
  ])('near to %s are %j', (written, near) => {
    expect(findNear(written, ids)).toEqual(expect.arrayContaining(near))
    expect(findNear(written, ids).length).toBeLessThanOrEqual(3)
    if (near.length === 0) expect(findNear(written, ids)).toEqual([])
  })
})

describe('a list of voices', () => {
  const heart = { id: 'af_heart', name: 'af_heart', language: 'en-US', gender: 'female' }

  it.each([
    ['of newer servers', { voices: [{ id: 'af_heart', name: 'af_heart' }] }],
    ['of older servers', { voices: ['af_heart'] }],
    ['with what is none', { voices: ['af_heart', null, 7, {}, 'a+b', 'x\ny', 'a/b', 'af_heart'] }],
  ])('%s has one form', (_, body) => expect(readVoices(body)).toEqual([heart]))

  it('knows no language where the name says none', () => {
    expect(readVoices({ voices: [{ id: 'mine', name: 'My voice' }, 'bm_x', 'qf_x'] })).toEqual([
      { id: 'mine', name: 'My voice', language: null, gender: null },
      { id: 'bm_x', name: 'bm_x', language: 'en-GB', gender: 'male' },
      { id: 'qf_x', name: 'qf_x', language: null, gender: 'female' },
    ])
  })

  it.each([[null], [[]], [{}], [{ voices: 'af_heart' }], ['text']])('%j is none', (body) =>
    expect(readVoices(body)).toBeUndefined(),
  )

  it('is bounded', () => {
    const voices = Array.from({ length: 5_000 }, (_, n) => `v${n}`)
    expect(readVoices({ voices })).toHaveLength(2_000)
  })
})
