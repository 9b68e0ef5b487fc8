import { expect, it } from 'vitest'
import { readOptions } from './options.ts'

it('takes what OpenAI documents, in each spelling, and leaves the rest to the server', () => {
  const { passed, granularities, ...options } = readOptions([
    ['model', 'a'],
    ['prompt', 'x'],
    ['timestamp_granularities[]', 'word'],
    ['timestamp_granularities', '["segment"]'],
    ['response_format', 'verbose_json'],
    ['stream', 'False'],
    ['include[]', 'logprobs'],
    ['chunking_strategy', 'auto'],
    ['known_speaker_names[]', 'Alice'],
    ['language', ''],
  ])
  expect(options).toEqual({
    ...{ format: 'verbose_json', isStream: false, model: 'a', language: undefined },
  })
  expect([...granularities]).toEqual(['word', 'segment'])
  expect(passed).toEqual([
    ['prompt', 'x'],
    ['language', ''],
  ])
})

it.each([
  ['response_format', 'xml'],
  ['stream', 'maybe'],
  ['timestamp_granularities[]', 'letter'],
])('refuses %s of %s by name', (name, value) => {
  expect(() => readOptions([[name, value]])).toThrow(
    expect.objectContaining({
      code: 'VALIDATION',
      details: [expect.objectContaining({ path: name })],
    }),
  )
})
