import { describe, expect, test } from 'vitest'
import { containerPlan, type PlanFacts } from './container-plan.ts'
import { blankContainer } from './container-view.ts'

const plan = (more: Partial<PlanFacts> = {}, container: object = {}) =>
  containerPlan({
    ...{ act: 'stop', runtime: 'docker', service: { id: 'stt', title: 'Speech to text' } },
    ...{ runningRequests: 0, alsoUsedBy: [], lastSeconds: null, ...more },
    container: {
      ...{ ...blankContainer('whisper', 'spark-2', 'absent'), state: 'running' },
      ...{ memory_bytes: 3.1e9, ...container },
    },
  })

describe('what is said before a container is touched', () => {
  test('a stop: who does not answer any more, what is cut, what is freed, what stays', () => {
    expect(plan({ runningRequests: 2, alsoUsedBy: ['crm'] })).toMatchObject({
      title: 'Stop whisper on spark-2?',
      confirm: 'Stop whisper',
      commands: [{ host: 'spark-2', command: 'docker stop whisper' }],
      stops: [
        'Speech to text (stt) does not answer from now on, until it is started again.',
        'crm does not answer from now on, until it is started again.',
      ],
      consequence: [
        '2 requests are being answered now. They may end in the middle.',
        'This frees about 3.1 GB of memory on spark-2.',
        'Its image, settings and files stay as they are.',
      ].join('\n'),
      holds: ['stt'],
      running_requests: 2,
    })
  })

  test('a restart: for how long, as far as that is known', () => {
    expect(plan({ act: 'restart', lastSeconds: 95 }).stops).toEqual([
      'Speech to text (stt) does not answer from now on, until it is back (last time 1 min 35 s).',
    ])
    expect(plan({ act: 'restart' }).stops[0]).toContain('not known yet')
  })

  test('a start, or a restart of what does not run: nothing stops', () => {
    for (const act of ['start', 'restart'] as const)
      expect(plan({ act, runningRequests: 9 }, { state: 'stopped' })).toMatchObject({
        ...{ stops: [], running_requests: 0 },
        consequence: expect.stringContaining('Speech to text (stt) can answer once it has started'),
      })
  })
})
