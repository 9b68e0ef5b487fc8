import { type TObject, Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findClash, type HostsOf, overlaps } from '../coordination/resources.ts'
import { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { Service } from '../plugin.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { JobView } from '../views.ts'
import type { Job, JobDef } from './job.ts'
import { createJobs, type Jobs, type JobsDeps } from './jobs.ts'

type Run = (job: Job) => Promise<unknown>

let db: Database
let clock: FakeClock
let events: EventView[]
let runs: Record<string, Run>
let services: string[]
let opened: Jobs[]
let reserve: JobsDeps['admit']
let hostsOf: HostsOf

beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  events = []
  runs = {}
  services = ['llm', 'asr']
  opened = []
  reserve = undefined
  hostsOf = () => []
})
afterEach(() => {
  for (const jobs of opened) jobs.stop()
  db.close()
})

const input = Type.Object({ model: Type.String(), count: Type.Integer({ default: 1 }) }) as TObject
const defOf = (run: Run): JobDef => ({ input, title: ({ model }) => `Load ${model}`, run })

/** A controller on the same database; the one before must have been stopped. */
const controller = (keep?: number): Jobs => {
  const jobs = createJobs({
    db,
    clock,
    log: pino({ level: 'silent' }),
    publish: (event) => events.push(event),
    hostsOf,
    ...(reserve && { admit: (holds, under) => reserve?.(holds, under) }),
    lookup: (id) =>
      services.includes(id)
        ? {
            service: { id, kind: 'toy' } as Service,
            def: (name) => {
              const run = runs[name]
              return run && defOf(run)
            },
          }
        : undefined,
    ...(keep !== undefined && { keep }),
  })
  opened.push(jobs)
  return jobs
}

const begin = (jobs: Jobs, more: Partial<Parameters<Jobs['start']>[0]> = {}) =>
  jobs.start({ service: 'llm', name: 'load', input: { model: 'a' }, holds: ['llm'], ...more })
const ended = (jobs: Jobs, { id }: JobView): Promise<JobView> => jobs.wait(id, 3_600_000)
const untilCancelled: Run = (job) =>
  new Promise((_, reject) => {
    job.signal.addEventListener('abort', () => reject(job.signal.reason))
    if (job.signal.aborted) reject(job.signal.reason)
  })
const thrownBy = (act: () => unknown): ControlError => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof ControlError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('a job', () => {
  test('goes from queued over its phases to its result, and pages see each of it', async () => {
    runs.load = async (job) => {
      job.phase('stopping')
      job.line('gone')
      await clock.sleep(2000)
      job.phase('loading')
      job.percent(40)
      await clock.sleep(3000)
      return { took: 5 }
    }
    const jobs = controller()
    const { job, isJoined } = begin(jobs)
    expect([job.state, isJoined, job.kind, job.title]).toEqual([
      'queued',
      false,
      'toy.load',
      'Load a',
    ])
    expect(job.input).toEqual({ model: 'a', count: 1 })
    await clock.advance(2500)
    expect(jobs.get(job.id)).toMatchObject({ state: 'running', phase: 'loading', percent: 40 })
    await clock.advance(2500)
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
    const seen = events.flatMap((event) => (event.type === 'job' ? [event.job.state] : []))
    expect(seen[0]).toBe('queued')
    expect(seen.at(-1)).toBe('succeeded')
    expect(events).toContainEqual({ type: 'line', job: job.id, n: 0, text: 'gone' })
    expect(jobs.active()).toEqual([])
  })

  test('that fails keeps code, message, hint and the last lines', async () => {
    runs.load = async (job) => {
      for (let n = 0; n < 30; n++) job.line(`line ${n}`)
      throw new ControlError('HOST_LOST', 'the host is gone', { hint: 'look at it' })
    }
    const jobs = controller()
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
    runs.load = async () => {
      throw new ControlError('COMMAND_FAILED', 'no', { logTail: ['CUDA out of memory'] })
    }
    const jobs = controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.error?.log_tail).toEqual(['CUDA out of memory'])
  })

  test.each([
    ['a plain error', () => Promise.reject(new Error('oops')), 'oops'],
    ['a synchronous throw', () => JSON.parse('{'), 'JSON'],
    ['a result that is not JSON', async () => ({ n: 1n }), 'is not JSON'],
  ])('with %s fails as INTERNAL', async (_, run, message) => {
    runs.load = run
    const jobs = controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.state).toBe('failed')
    expect(end.error?.code).toBe('INTERNAL')
    expect(end.error?.message).toContain(message)
  })

  test('percent never goes back within a phase, and a new phase begins without one', async () => {
    const seen: (number | null | undefined)[] = []
    const jobs = controller()
    runs.load = async (job) => {
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
    const jobs = controller()
    runs.load = async (job) => {
      for (let n = 0; n < 1000; n++) {
        job.percent(n / 10)
        await clock.sleep(1)
      }
    }
    const { job } = begin(jobs)
    await clock.advance(500)
    const told = events.flatMap((e) => (e.type === 'job' && e.job.percent ? [e.job.percent] : []))
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told.length).toBeLessThanOrEqual(6)
    jobs.stop()
    expect(job.id).toBeTruthy()
  })
})

describe('starting', () => {
  test('lists every mistake in the input', () => {
    runs.load = untilCancelled
    const error = thrownBy(() => begin(controller(), { input: { model: 7, count: 'x', typo: 1 } }))
    expect(error.code).toBe('VALIDATION')
    expect(error.details.map(({ path }) => path).sort()).toEqual(['count', 'model', 'typo'])
  })

  test('refuses a second job on the same thing and names the first', async () => {
    runs.load = untilCancelled
    const jobs = controller()
    const { job } = begin(jobs, { holds: ['llm', 'gpu:spark-1'] })
    const error = thrownBy(() => begin(jobs, { service: 'asr', holds: ['asr', 'gpu:spark-1'] }))
    expect(error.code).toBe('JOB_RUNNING')
    expect(error.message).toContain('gpu:spark-1')
    expect(error.holder).toEqual({ job: job.id, title: 'Load a' })
    expect(error.retryAfterS).toBeGreaterThan(0)
    expect(begin(jobs, { service: 'asr', holds: ['asr'] }).isJoined).toBe(false)
  })

  test('the time to ask again comes from how long the last success took', async () => {
    runs.load = () => clock.sleep(100_000)
    const jobs = controller()
    begin(jobs)
    await clock.advance(100_000)
    expect(jobs.lastSeconds('llm', 'load')).toBe(100)
    begin(jobs)
    await clock.advance(40_000)
    expect(thrownBy(() => begin(jobs)).retryAfterS).toBe(60)
  })

  test('joins the running job of the same key, unless that is being cancelled', async () => {
    let finish = () => {}
    runs.load = (job) =>
      new Promise((_, reject) => {
        finish = () => reject(job.signal.reason)
      })
    const jobs = controller()
    const { job } = begin(jobs, { joinKey: 'a' })
    expect(begin(jobs, { joinKey: 'a' })).toMatchObject({ job: { id: job.id }, isJoined: true })
    expect(thrownBy(() => begin(jobs, { joinKey: 'b' })).code).toBe('JOB_RUNNING')
    await clock.settle()
    jobs.cancel(job.id)
    const error = thrownBy(() => begin(jobs, { joinKey: 'a' }))
    expect(error.message).toContain('is being cancelled')
    finish()
    expect((await ended(jobs, job)).state).toBe('cancelled')
    expect(begin(jobs, { joinKey: 'a' }).isJoined).toBe(false)
  })

  test('of 10,000 callers at once exactly one starts the job', async () => {
    let entered = 0
    runs.load = (job) => {
      entered++
      return untilCancelled(job)
    }
    const jobs = controller()
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
    reserve = (holds, under) => {
      if (holder !== null && under?.fence !== holder)
        throw new ControlError('LEASE_HELD', `${holds} is reserved`)
    }
    runs.load = () => clock.sleep(60_000)
    const jobs = controller()
    holder = 7
    expect(thrownBy(() => begin(jobs)).code).toBe('LEASE_HELD')
    const { job } = begin(jobs, { lease: { fence: 7, owner: 'crm' } })
    expect(job.lease).toEqual({ fence: 7, owner: 'crm' })
    jobs.stop()
    holder = 8
    const next = controller()
    next.resume()
    await clock.advance(60_000)
    expect(next.get(job.id)).toMatchObject({ state: 'succeeded', lease: job.lease })
  })

  test('takes the hosts of a service into account where its job names no GPU', () => {
    runs.load = untilCancelled
    hostsOf = (id) => (id === 'asr' ? ['spark-2'] : ['spark-1', 'spark-2'])
    const jobs = controller()
    begin(jobs, { service: 'asr', holds: ['asr'] })
    const refused = thrownBy(() => begin(jobs, { holds: ['llm', 'gpu:spark-2'] }))
    expect(refused.message).toBe('“Load a” is running and holds asr')
    expect(begin(jobs, { holds: ['llm', 'gpu:spark-1'] }).isJoined).toBe(false)
  })

  test('answers 404 for a service nobody has', () => {
    expect(thrownBy(() => begin(controller(), { service: 'x' })).code).toBe('SERVICE_UNKNOWN')
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
    runs.load = async (job) => {
      try {
        await untilCancelled(job)
      } catch (cause) {
        throw new ControlError('COMMAND_FAILED', 'stopped', { cause })
      }
    }
    const jobs = controller()
    const { job } = begin(jobs)
    await clock.settle()
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
    runs.load = untilCancelled
    const jobs = controller()
    const { job } = begin(jobs)
    await clock.settle()
    db.durable.exec('PRAGMA query_only = ON')
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
  })

  test('a clean-up that fails is told, not hidden', async () => {
    runs.load = async (job) => {
      await untilCancelled(job).catch(() => {})
      throw new ControlError('HOST_LOST', 'could not stop it')
    }
    const jobs = controller()
    const { job } = begin(jobs)
    await clock.settle()
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).error?.code).toBe('HOST_LOST')
  })

  test('what is finished all the same has succeeded', async () => {
    runs.load = async (job) => {
      await untilCancelled(job).catch(() => {})
      return 'done'
    }
    const jobs = controller()
    const { job } = begin(jobs)
    await clock.settle()
    jobs.cancel(job.id)
    expect(await ended(jobs, job)).toMatchObject({ state: 'succeeded', result: 'done' })
  })

  test('before the run began, it never begins', async () => {
    let entered = 0
    runs.load = async () => {
      entered++
    }
    const jobs = controller()
    const { job } = begin(jobs)
    jobs.cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
    expect(entered).toBe(0)
  })
})

describe('after a restart', () => {
  test('the run is entered again, finished steps keep their result, the cut one counts', async () => {
    const begun: string[] = []
    const aborted: boolean[] = []
    runs.load = async (job) => {
      job.signal.addEventListener('abort', () => aborted.push(true))
      const one = await job.step('one', async ({ attempt }) => {
        begun.push(`one ${attempt}`)
        return { at: 1, none: undefined }
      })
      job.phase('second')
      const two = await job.step('two', async ({ attempt }) => {
        begun.push(`two ${attempt}`)
        if (attempt === 1) await new Promise(() => {})
        return 'b'
      })
      return { one, two, startedAt: job.startedAt }
    }
    const first = controller()
    const { job } = begin(first, { joinKey: 'a' })
    const startedAt = clock.now()
    await clock.settle()
    first.stop()
    await clock.advance(60_000)

    const second = controller()
    expect(second.hasActive('llm')).toBe(true)
    expect(begin(second, { joinKey: 'a' })).toMatchObject({ job: { id: job.id }, isJoined: true })
    second.resume()
    second.resume()
    const end = await ended(second, job)
    expect(end).toMatchObject({
      state: 'succeeded',
      result: { one: { at: 1 }, two: 'b', startedAt },
    })
    expect(begun).toEqual(['one 1', 'two 1', 'two 2'])
    expect(aborted).toEqual([])
    expect(end.phases.map(({ name }) => name)).toEqual(['second'])
    expect(second.log(job.id).map(({ text }) => text)).toEqual([
      '— the controller was restarted; the job goes on —',
    ])
  })

  test('a run that a stop cut off neither goes on nor is failed by what breaks around it', async () => {
    let lose = (_: Error) => {}
    let steps = 0
    runs.load = async (job) => {
      const host = new Promise((_, reject) => {
        lose = reject
      })
      try {
        await job.step('follow', () => host)
      } finally {
        steps++
      }
    }
    const jobs = controller()
    const { job } = begin(jobs)
    await clock.settle()
    jobs.stop()
    lose(new ControlError('HOST_LOST', 'connection ended'))
    await clock.settle()
    expect(steps).toBe(0)
    expect(controller().get(job.id)).toMatchObject({ state: 'running' })
    expect(thrownBy(() => begin(jobs)).code).toBe('JOB_INTERRUPTED')
  })

  test('a cancel asked for before it is still in force', async () => {
    runs.load = async (job) => {
      await job.step('hang', () => new Promise(() => {}))
    }
    const first = controller()
    const { job } = begin(first)
    await clock.settle()
    first.cancel(job.id)
    first.stop()
    runs.load = untilCancelled
    const second = controller()
    second.resume()
    expect((await ended(second, job)).state).toBe('cancelled')
  })

  test.each([
    ['the service is gone', () => services.splice(0), 'SERVICE_GONE', 'service "llm" left'],
    ['its kind lost the job', () => delete runs.load, 'JOB_INTERRUPTED', 'no longer has this job'],
    [
      'the input no longer fits',
      () => db.durable.exec(`UPDATE jobs SET input = '{"model":1}'`),
      'JOB_INTERRUPTED',
      'no longer fits',
    ],
  ])('it is failed honestly when %s', async (_, change, code, message) => {
    runs.load = untilCancelled
    const first = controller()
    const { job } = begin(first)
    await clock.settle()
    first.stop()
    change()
    const second = controller()
    second.resume()
    const end = second.get(job.id)
    expect(end?.state).toBe('failed')
    expect(end?.error).toMatchObject({ code })
    expect(end?.error?.message).toContain(message)
    expect(second.active()).toEqual([])
  })

  test('a step of the same name cannot run beside itself', async () => {
    runs.load = (job) =>
      Promise.all([job.step('a', () => clock.sleep(5)), job.step('a', () => clock.sleep(5))])
    const jobs = controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.error?.message).toContain('under way already')
  })
})

describe('lines', () => {
  test('only the last are kept, numbered from 0, and a long one is cut', async () => {
    runs.load = async (job) => {
      for (let n = 0; n < 5700; n++) job.line(`line ${n}`)
      job.line(`${'x'.repeat(10_000)}\n`)
      job.line('a\r\nb\rc')
    }
    const jobs = controller()
    const { job } = begin(jobs)
    await ended(jobs, job)
    const kept = jobs.log(job.id, 0, 10_000)
    expect(kept.length).toBe(5000)
    expect(kept[0]).toEqual({ n: 704, text: 'line 704' })
    expect(kept.slice(-3).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(kept.at(-4)?.text).toHaveLength(4001)
    expect(jobs.log(job.id, -2).map(({ n }) => n)).toEqual([5702, 5703])
    expect(jobs.log(job.id, 5702)).toHaveLength(2)
    expect(db.durable.prepare('SELECT count(*) AS n FROM job_lines').get()?.n).toBeLessThan(5600)
  })

  test('a follower gets every line once, in order, until the job ends', async () => {
    runs.load = async (job) => {
      for (let n = 0; n < 1300; n++) {
        job.line(`${n}`)
        if (n % 100 === 0) await clock.sleep(1)
      }
    }
    const jobs = controller()
    const { job } = begin(jobs)
    const seen: string[] = []
    const following = (async () => {
      for await (const { text } of jobs.follow(job.id, 10, new AbortController().signal))
        seen.push(text)
    })()
    await clock.advance(20)
    await following
    expect(seen).toEqual(Array.from({ length: 1290 }, (_, n) => `${n + 10}`))
  })

  test('a follower that leaves ends, and so does one whose controller stops', async () => {
    runs.load = untilCancelled
    const jobs = controller()
    const { job } = begin(jobs)
    const leave = new AbortController()
    const drain = async (signal: AbortSignal) => {
      for await (const line of jobs.follow(job.id, 0, signal)) expect(line).toBeUndefined()
    }
    const left = drain(leave.signal)
    const stopped = drain(new AbortController().signal)
    await clock.settle()
    leave.abort()
    await left
    jobs.stop()
    await stopped
  })
})

describe('looking', () => {
  test('a wait ends with the job, after its time, or when the caller leaves', async () => {
    runs.load = () => clock.sleep(10_000)
    const jobs = controller()
    const { job } = begin(jobs)
    const leave = new AbortController()
    const long = jobs.wait(job.id, 60_000)
    const short = jobs.wait(job.id, 1000)
    const left = jobs.wait(job.id, 60_000, leave.signal)
    await clock.settle()
    leave.abort()
    expect((await left).state).toBe('running')
    await clock.advance(1000)
    expect((await short).state).toBe('running')
    await clock.advance(9000)
    expect((await long).state).toBe('succeeded')
    expect(clock.sleepers).toBe(0)
    await expect(jobs.wait('none', 1)).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
  })

  test('a list comes in pages, newest first, by service and state', async () => {
    runs.load = async ({ input }) => {
      if ((input as { model: string }).model === '3') throw new Error('no')
    }
    const jobs = controller()
    for (let n = 0; n < 7; n++) {
      const service = n % 2 ? 'asr' : 'llm'
      await ended(jobs, begin(jobs, { service, holds: [], input: { model: `${n}` } }).job)
    }
    const titles = (list: JobView[]) => list.map(({ title }) => title.at(-1)).join('')
    const page = jobs.list({ limit: 5 })
    expect(titles(page.jobs)).toBe('65432')
    const rest = jobs.list({ limit: 5, cursor: page.next_cursor ?? '' })
    expect([titles(rest.jobs), rest.next_cursor]).toEqual(['10', null])
    expect(titles(jobs.list({ service: 'asr' }).jobs)).toBe('531')
    expect(titles(jobs.list({ state: 'failed' }).jobs)).toBe('3')
    expect(thrownBy(() => jobs.list({ state: 'odd' })).details[0]?.path).toBe('state')
    expect(thrownBy(() => jobs.list({ cursor: '../' })).details[0]?.path).toBe('cursor')
  })

  test('what runs is among the recent ones, however many ended after it began', async () => {
    runs.load = untilCancelled
    runs.quick = async () => {}
    const jobs = controller()
    const { job } = begin(jobs, { holds: [] })
    for (let n = 0; n < 4; n++) await ended(jobs, begin(jobs, { name: 'quick', holds: [] }).job)
    const recent = jobs.recent(3)
    expect(recent.map(({ state }) => state)).toEqual(['running', 'succeeded', 'succeeded'])
    expect(recent[0]?.id).toBe(job.id)
  })

  test('a service sees and cancels its own jobs only; a kind those of its services', async () => {
    runs.load = untilCancelled
    const jobs = controller()
    const { job } = jobs.forService('llm').start({ name: 'load', input: { model: 'a' }, holds: [] })
    const other = jobs.forService('asr')
    expect(other.get(job.id)).toBeUndefined()
    expect(other.active()).toEqual([])
    expect(thrownBy(() => other.cancel(job.id)).code).toBe('JOB_UNKNOWN')
    expect(jobs.forKind('toy').active()).toHaveLength(1)
    await clock.settle()
    jobs.forKind('toy').cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
  })

  test('old jobs are forgotten with their lines, running ones never', async () => {
    runs.load = async (job) => job.line('x')
    runs.hang = untilCancelled
    const jobs = controller(3)
    const { job } = begin(jobs, { name: 'hang', holds: [] })
    const done: JobView[] = []
    for (let n = 0; n < 6; n++) done.push(await ended(jobs, begin(jobs, { holds: ['x'] }).job))
    expect(jobs.list({}).jobs.map(({ id }) => id)).toEqual([
      ...done
        .slice(-3)
        .map(({ id }) => id)
        .reverse(),
      job.id,
    ])
    expect(db.durable.prepare('SELECT count(*) AS n FROM job_lines').get()?.n).toBe(3)
  })
})
