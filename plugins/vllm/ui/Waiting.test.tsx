import { render } from 'solid-js/web'
import { afterEach, expect, it } from 'vitest'
import { aModel } from './testing/models.ts'
import { Waiting } from './Waiting.tsx'

afterEach(() => document.body.replaceChildren())

const show = (waiting: Parameters<typeof Waiting>[0]['waiting']) => {
  const dispose = render(() => <Waiting waiting={waiting} models={[aModel()]} />, document.body)
  const text = [...document.querySelectorAll('li')].map((item) => item.textContent ?? '')
  dispose()
  return text
}

it('says for each model its place, how many wait and what for', () => {
  const since = '2026-03-03T12:00:00.000Z'
  const [first, second, ...more] = show([
    { model: 'org/gemma-4', requests: 3, since, position: 1, phase: 'loading weights 40 %' },
    { model: 'org/unknown', requests: 1, since, position: 2, phase: 'about to begin' },
  ])
  expect(first).toContain('1. Gemma 4 26B')
  expect(first).toContain('Loading weights 40 %')
  expect(first).toContain('3 requests')
  expect(second).toContain('2. unknown')
  expect(second).toContain('1 request,')
  expect(more).toEqual([])
})

it('takes no room while nobody waits', () => {
  expect(show([])).toEqual([])
})
