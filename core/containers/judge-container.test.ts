import { expect, test } from 'vitest'
import { blankContainer, type ContainerView } from './container-view.ts'
import { judgeContainer } from './judge-container.ts'

const judge = (more: Partial<ContainerView>) =>
  judgeContainer({ ...blankContainer('bot', 'spark-2', 'absent'), ...more })

test.each<[Partial<ContainerView>, string]>([
  [{ state: 'running' }, 'up'],
  [{ state: 'running', health: 'healthy' }, 'up'],
  [{ state: 'running', health: 'starting' }, 'starting'],
  [{ state: 'running', health: 'unhealthy' }, 'down'],
  [{ state: 'stopped', exit_code: 0 }, 'idle'],
  [{ state: 'stopped', exit_code: 143 }, 'idle'],
  [{ state: 'stopped', exit_code: 1 }, 'down'],
  [{ state: 'paused' }, 'idle'],
  [{ state: 'restarting' }, 'down'],
  [{ state: 'absent' }, 'down'],
])('%j makes its service %s', (more, state) => {
  expect(judge(more).state).toBe(state)
})

test('of a host that could not be asked nothing is said but why', () => {
  const error = { code: 'CONTAINERS_DENIED', message: 'no' }
  expect(() => judge({ state: 'unknown', error })).toThrow(expect.objectContaining(error))
})
