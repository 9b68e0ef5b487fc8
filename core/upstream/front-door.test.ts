import { describe, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import { type Candidate, listModels, type ModelRequest, pickModelRoute } from './front-door.ts'

const service = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  isDefault: false,
  models: [],
  aliases: [],
  inFlight: 0,
  isDraining: false,
  ...more,
})

const pick = (
  model: string | null,
  candidates: Candidate[],
  explain?: ModelRequest<Candidate>['explain'],
) => {
  const chosen = pickModelRoute({
    model,
    path: '/v1/chat/completions',
    candidates,
    ...(explain && { explain }),
  })
  return chosen instanceof ControlError ? chosen : chosen.id
}

describe('who answers a model', () => {
  const qwen = service('llm', { models: ['Qwen/Qwen3-8B'], aliases: ['default'] })
  const gemma = service('llm-2', { models: ['google/gemma-4'], aliases: ['Qwen/Qwen3-8B'] })

  it.each([
    ['the exact id', 'google/gemma-4', [qwen, gemma], 'llm-2'],
    ['an exact id before an alias of the same name', 'Qwen/Qwen3-8B', [gemma, qwen], 'llm'],
    ['an alias', 'default', [gemma, qwen], 'llm'],
    ['the only one there is, whatever the name', 'whisper-1', [service('asr')], 'asr'],
    ['the only one there is, without a name', null, [service('asr')], 'asr'],
    [
      'the default of several, without a name',
      null,
      [qwen, { ...gemma, isDefault: true }],
      'llm-2',
    ],
  ])('%s', (_title, model, candidates, chosen) => {
    expect(pick(model, candidates)).toBe(chosen)
  })

  it.each([
    ['the one with fewer requests in flight', [3, 2, 2], [false, false, false], 'b'],
    ['the first of equals', [1, 1, 1], [false, false, false], 'a'],
    ['one that is not being stopped', [0, 5, 6], [true, false, false], 'b'],
    ['one that is being stopped if there is no other', [2, 1, 3], [true, true, true], 'b'],
  ])('of several with the model: %s', (_title, inFlight, draining, chosen) => {
    const candidates = ['a', 'b', 'c'].map((id, i) =>
      service(id, {
        models: ['m'],
        inFlight: inFlight[i] ?? 0,
        isDraining: draining[i] ?? false,
      }),
    )
    expect(pick('m', candidates)).toBe(chosen)
  })

  it('what the kinds know about a model nobody serves comes before the only service', () => {
    const loading = new ControlError('MODEL_LOADING', 'loading', { retryAfterS: 40 })
    expect(pick('next', [qwen], () => loading)).toBe(loading)
    expect(pick('any', [qwen], () => undefined)).toBe('llm')
    expect(pick('Qwen/Qwen3-8B', [qwen], () => loading)).toBe('llm')
  })

  it('an unknown model among several services is 404 and lists the ids there are', () => {
    const error = pick('gpt-5', [qwen, gemma]) as ControlError
    expect([error.status, error.code]).toEqual([404, 'MODEL_NOT_FOUND'])
    expect(error.message).toContain('"gpt-5"')
    expect(error.hint).toBe('Served now: Qwen/Qwen3-8B, google/gemma-4.')
  })

  it('no name among several without a default is 400 and says what is missing', () => {
    const error = pick(null, [qwen, gemma]) as ControlError
    expect([error.status, error.details]).toEqual([
      400,
      [{ path: 'model', message: 'is needed here' }],
    ])
  })

  it('a path nobody answers is 404', () => {
    expect(pick('m', [])).toMatchObject({ code: 'NOT_FOUND', status: 404 })
  })
})

it('the list of models names each id once, aliases of loaded ones too', () => {
  const list = listModels([
    { ...service('llm', { models: ['a', 'b'], aliases: ['default'] }), kind: 'x', loadedAt: 5_999 },
    { ...service('llm-2', { models: ['b', 'c'] }), kind: 'y' },
    { ...service('llm-3', { aliases: ['unloaded'] }), kind: 'y' },
  ])
  expect(list).toEqual({
    object: 'list',
    data: [
      { id: 'a', object: 'model', created: 5, owned_by: 'x' },
      { id: 'b', object: 'model', created: 5, owned_by: 'x' },
      { id: 'default', object: 'model', created: 5, owned_by: 'x' },
      { id: 'c', object: 'model', created: 0, owned_by: 'y' },
    ],
  })
})
