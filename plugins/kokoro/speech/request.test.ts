import { expect, it } from 'vitest'
import { checkVoices } from './request.ts'

const KNOWN = { service: 'tts', ids: ['af_heart'] }

it('voices that a text names are checked, also where half of a tag stands without end', () => {
  const input = (text: string) => ({ input: text, allow_voice_tags: true })
  expect(() => checkVoices(input('Hi [voice:nobody] you'), KNOWN)).toThrow('nobody')
  const halves = input('[voice:'.repeat(200_000))
  expect(checkVoices(halves, KNOWN)).toBe(halves)
})
