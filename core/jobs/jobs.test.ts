import { describe, expect, test } from 'vitest'
import { findClash, overlaps } from '../coordination/resources.ts'
import { ControlError } from '../errors.ts'
import { thrownBy } from '../testing/thrown-by.ts'
import type { JobsDeps } from './jobs.ts'
import { begin, ended, untilCancelled, useRig } from './testing/rig.ts'

const rig = useRig()

describe('a job', () => {
  test('goes from queued over its phases to its result, and pages see each of it', async () => {
    rig.runs.load = async (job) => {
      job.phase('stopping')
      job.line('gone')
      await rig.clock.sleep(2000)
      job.phase('loading')
      job.percent(40)
      await rig.clock.sleep(3000)
      return { took: 5 }
    }
    const jobs = rig.controller()
    const { job, isJoined } = begin(jobs)
    expect([job.state, isJoined, job.kind, job.title]).toEqual([
      'queued',
      false,
      'toy.load',
      'Load a',
    ])
    expect(job.input).toEqual({ model: 'a', count: 1 })
    await rig.clock.advance(2500)
    expect(jobs.get(job.id)).toMatchObject({ state: 'running', phase: 'loading', percent: 40 })
    await rig.clock.advance(2500)
    const end = jobs.get(job.id)
    expect(end).toMatchObject({
      state: 'succeeded',
      phase: null,
      percent: 100,
      result: { took: 5 },
    })
    expect(end?.phases).toEqual([
      {
        name: 'stopping',
        started_at: '2026-01-01T12:00:00.000Z',
        ended_at: '2026-01-01T12:00:02.000Z',
      },
      {
        name: 'loading',
        started_at: '2026-01-01T12:00:02.000Z',
        ended_at: '2026-01-01T12:00:05.000Z',
      },
    ])
    const seen = rig.events.flatMap((event) => (event.type === 'job' ? [event.job.state] : []))
    expect(seen[0]).toBe('queued')
    expect(seen.at(-1)).toBe('succeeded')
    expect(rig.events).toContainEqual({ type: 'line', job: job.id, n: 0, text: 'gone' })
    expect(jobs.active()).toEqual([])
  })

  test.each([
    ['in its last phase', undefined, [undefined, true]],
    ['and clears up after it', 'failure' as const, [true, undefined]],
  ])('that fails %s says in which phase it was', async (_, after, failed) => {
    rig.runs.load = async (job) => {
      job.phase('loading')
      job.phase('stopping', after)
      throw new ControlError('HOST_LOST', 'the host is gone')
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.advance(1)
    expect(jobs.get(job.id)?.phases.map((phase) => phase.is_failed)).toEqual(failed)
  })

  test('that fails keeps code, message, hint and the last lines', async () => {
    rig.runs.load = async (job) => {
      for (let n = 0; n < 30; n++) job.line(`line ${n}`)
      throw new ControlError('HOST_LOST', 'the host is gone', { hint: 'look at it' })
    }
    const jobs = rig.controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.state).toBe('failed')
    expect(end.error).toMatchObject({
      code: 'HOST_LOST',
      message: 'the host is gone',
      hint: 'look at it',
    })
    expect(end.error?.log_tail).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n + 10}`))
  })

  test('prefers the lines its error brings', async () => {
    rig.runs.load = async () => {
      throw new ControlError('COMMAND_FAILED', 'no', { logTail: ['CUDA out of memory'] })
    }
    const jobs = rig.controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.error?.log_tail).toEqual(['CUDA out of memory'])
  })

  test.each([
    ['a plain error', () => Promise.reject(new Error('oops')), 'oops'],
    ['a synchronous throw', () => JSON.parse('{'), 'JSON'],
    ['a result that is not JSON', async () => ({ n: 1n }), 'is not JSON'],
  ])('with %s fails as INTERNAL', async (_, run, message) => {
    rig.runs.load = run
    const jobs = rig.controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.state).toBe('failed')
    expect(end.error?.code).toBe('INTERNAL')
    expect(end.error?.message).toContain(message)
  })

  test('percent never goes back within a phase, and a new phase begins without one', async () => {
    const seen: (number | null | undefined)[] = []
    const jobs = rig.controller()
    rig.runs.load = async (job) => {
      const see = () => seen.push(jobs.get(job.id)?.percent)
      for (const value of [10, 5, 250, -3]) {
        job.percent(value)
        see()
      }
      job.phase('next')
      see()
      job.percent(Number.NaN)
      see()
      job.percent(3)
      job.phase('next')
      see()
    }
    await ended(jobs, begin(jobs).job)
    expect(seen).toEqual([10, 10, 100, 100, null, null, 3])
  })

  test('a percent that changes all the time is told ten times a second', async () => {
    const jobs = rig.controller()
    rig.runs.load = async (job) => {
      for (let n = 0; n < 1000; n++) {
        job.percent(n / 10)
        await rig.clock.sleep(1)
      }
    }
    const { job } = begin(jobs)
    await rig.clock.advance(500)
    const told = rig.events.flatMap((e) =>
      e.type === 'job' && e.job.percent ? [e.job.percent] : [],
    )
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told.length).toBeLessThanOrEqual(6)
    jobs.stop()
    expect(job.id).toBeTruthy()
  })
})

describe('starting', () => {
  test('lists every mistake in the input', () => {
    rig.runs.load = untilCancelled
    const error = thrownBy(() =>
      begin(rig.controller(), { input: { model: 7, count: 'x', typo: 1 } }),
    )
    expect(error.code).toBe('VALIDATION')
    expect(error.details.map(({ path }) => path).sort()).toEqual(['count', 'model', 'typo'])
  })

  test('refuses a second job on the same thing and names the first', async () => {
    rig.runs.load = untilCancelled
    const jobs = rig.controller()
    const { job } = begin(jobs, { holds: ['llm', 'gpu:spark-1'] })
    const error = thrownBy(() => begin(jobs, { service: 'asr', holds: ['asr', 'gpu:spark-1'] }))
    expect(error.code).toBe('JOB_RUNNING')
    expect(error.message).toContain('gpu:spark-1')
    expect(error.holder).toEqual({ job: job.id, title: 'Load a' })
    expect(error.retryAfterS).toBeGreaterThan(0)
    expect(begin(jobs, { service: 'asr', holds: ['asr'] }).isJoined).toBe(false)
  })

  test('the time to ask again comes from how long the last success took', async () => {
    rig.runs.load = () => rig.clock.sleep(100_000)
    const jobs = rig.controller()
    begin(jobs)
    await rig.clock.advance(100_000)
    expect(jobs.lastSeconds('llm', 'load')).toBe(100)
    begin(jobs)
    await rig.clock.advance(40_000)
    expect(thrownBy(() => begin(jobs)).retryAfterS).toBe(60)
  })

  test('joins the running job of the same key, unless that is being cancelled', async () => {
    let finish = () => {}
    rig.runs.load = (job) =>
      new Promise((_, reject) => {
        finish = () => reject(job.signal.reason)
      })
    const jobs = rig.controller()
    const { job } = begin(jobs, { joinKey: 'a' })
    expect(begin(jobs, { joinKey: 'a' })).toMatchObject({ job: { id: job.id }, isJoined: true })
    expect(thrownBy(() => begin(jobs, { joinKey: 'b' })).code).toBe('JOB_RUNNING')
    await rig.clock.settle()
    jobs.cancel(job.id)
    const error = thrownBy(() => begin(jobs, { joinKey: 'a' }))
    expect(error.message).toContain('is being cancelled')
    finish()
    expect((await ended(jobs, job)).state).toBe('cancelled')
    expect(begin(jobs, { joinKey: 'a' }).isJoined).toBe(false)
  })

  test('of 10,000 callers at once exactly one starts the job', async () => {
    let entered = 0
    rig.runs.load = (job) => {
      entered++
      return untilCancelled(job)
    }
    const jobs = rig.controller()
    const call = async (n: number) => {
      await Promise.resolve()
      try {
        return begin(jobs, n % 2 === 0 ? { joinKey: 'a' } : {})
      } catch (thrown) {
        return thrown as ControlError
      }
    }
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, n) => call(n)))
    const winners = answers.filter((a) => !(a instanceof ControlError) && !a.isJoined)
    const refused = answers.filter((a) => a instanceof ControlError && a.code === 'JOB_RUNNING')
    expect([winners.length, entered, jobs.active().length]).toEqual([1, 1, 1])
    expect(refused).toHaveLength(5000)
  })

  test('refuses what somebody else reserved, whoever starts it; what has begun is never asked again', async () => {
    let holder: number | null = null
    const admit: JobsDeps['admit'] = (holds, under) => {
      if (holder !== null && under?.fence !== holder)
        throw new ControlError('LEASE_HELD', `${holds} is reserved`)
    }
    rig.runs.load = () => rig.clock.sleep(60_000)
    const jobs = rig.controller({ admit })
    holder = 7
    expect(thrownBy(() => begin(jobs)).code).toBe('LEASE_HELD')
    const { job } = begin(jobs, { lease: { fence: 7, owner: 'crm' } })
    expect(job.lease).toEqual({ fence: 7, owner: 'crm' })
    jobs.stop()
    holder = 8
    const next = rig.controller({ admit })
    next.resume()
    await rig.clock.advance(60_000)
    expect(next.get(job.id)).toMatchObject({ state: 'succeeded', lease: job.lease })
  })

  test('takes the hosts of a service into account where its job names no GPU', () => {
    rig.runs.load = untilCancelled
    const hostsOf = (id: string) => (id === 'asr' ? ['spark-2'] : ['spark-1', 'spark-2'])
    const jobs = rig.controller({ hostsOf })
    begin(jobs, { service: 'asr', holds: ['asr'] })
    const refused = thrownBy(() => begin(jobs, { holds: ['llm', 'gpu:spark-2'] }))
    expect(refused.message).toBe('“Load a” is running and holds asr')
    expect(begin(jobs, { holds: ['llm', 'gpu:spark-1'] }).isJoined).toBe(false)
  })

  test('answers 404 for a service nobody has', () => {
    expect(thrownBy(() => begin(rig.controller(), { service: 'x' })).code).toBe('SERVICE_UNKNOWN')
  })

  test.each([
    ['gpu', 'gpu', true],
    ['gpu', 'gpu:spark-1', true],
    ['gpu:spark-1', 'gpu', true],
    ['gpu:spark-1', 'gpu:spark-10', false],
    ['gpu:spark-1', 'gpu:spark-2', false],
    ['llm', 'llm-2', false],
  ])('%s and %s exclude each other: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected)
    expect(findClash(['free', one], [other])).toBe(expected ? one : undefined)
  })
})

describe('cancelling', () => {
  test('aborts the run, which ends as cancelled, also when it wraps the reason', async () => {
    rig.runs.load = async (job) => {
      try {
        await untilCancelled(job)
      } catch (cause) {
        throw new ControlError('COMMAND_FAILED', 'stopped', { cause })
      }
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.settle()
    jobs.cancel(job.id)
    jobs.cancel(job.id)
    expect(jobs.get(job.id)?.is_cancelling).toBe(true)
    const end = await ended(jobs, job)
    expect(end).toMatchObject({ state: 'cancelled', phase: null })
    expect(end.error).toBeUndefined()
    expect(end.is_cancelling).toBeUndefined()
    expect(thrownBy(() => jobs.cancel(job.id)).code).toBe('JOB_ENDED')
    expect(thrownBy(() => jobs.cancel('none')).code).toBe('JOB_UNKNOWN')
  })

  test('stops what runs also where the disk takes nothing', async () => {
    rig.runs.load = untilCancelled
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.settle()
    rig.db.durable.exec('PRAGMA query_only = ON')
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
  })

  test('a clean-up that fails is told, not hidden', async () => {
    rig.runs.load = async (job) => {
      await untilCancelled(job).catch(() => {})
      throw new ControlError('HOST_LOST', 'could not stop it')
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.settle()
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).error?.code).toBe('HOST_LOST')
  })

  test('what is finished all the same has succeeded', async () => {
    rig.runs.load = async (job) => {
      await untilCancelled(job).catch(() => {})
      return 'done'
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.settle()
    jobs.cancel(job.id)
    expect(await ended(jobs, job)).toMatchObject({ state: 'succeeded', result: 'done' })
  })

  test('before the run began, it never begins', async () => {
    let entered = 0
    rig.runs.load = async () => {
      entered++
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
    expect(entered).toBe(0)
  })
})
