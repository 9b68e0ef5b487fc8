import { describe, expect, test } from 'vitest'
import { ControlError } from '../errors.ts'
import { thrownBy } from '../testing/thrown-by.ts'
import type { JobView } from '../views.ts'
import { begin, ended, untilCancelled, useRig } from './testing/rig.ts'

const rig = useRig()

describe('after a restart', () => {
  test('the run is entered again, finished steps keep their result, the cut one counts', async () => {
    const begun: string[] = []
    const aborted: boolean[] = []
    rig.runs.load = async (job) => {
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
    const first = rig.controller()
    const { job } = begin(first, { joinKey: 'a' })
    const startedAt = rig.clock.now()
    await rig.clock.settle()
    first.stop()
    await rig.clock.advance(60_000)

    const second = rig.controller()
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
    rig.runs.load = async (job) => {
      const host = new Promise((_, reject) => {
        lose = reject
      })
      try {
        await job.step('follow', () => host)
      } finally {
        steps++
      }
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await rig.clock.settle()
    jobs.stop()
    lose(new ControlError('HOST_LOST', 'connection ended'))
    await rig.clock.settle()
    expect(steps).toBe(0)
    expect(rig.controller().get(job.id)).toMatchObject({ state: 'running' })
    expect(thrownBy(() => begin(jobs)).code).toBe('JOB_INTERRUPTED')
  })

  test('a cancel asked for before it is still in force', async () => {
    rig.runs.load = async (job) => {
      await job.step('hang', () => new Promise(() => {}))
    }
    const first = rig.controller()
    const { job } = begin(first)
    await rig.clock.settle()
    first.cancel(job.id)
    first.stop()
    rig.runs.load = untilCancelled
    const second = rig.controller()
    second.resume()
    expect((await ended(second, job)).state).toBe('cancelled')
  })

  test.each([
    ['the service is gone', () => rig.services.splice(0), 'SERVICE_GONE', 'service "llm" left'],
    [
      'its kind lost the job',
      () => delete rig.runs.load,
      'JOB_INTERRUPTED',
      'no longer has this job',
    ],
    [
      'the input no longer fits',
      () => rig.db.durable.exec(`UPDATE jobs SET input = '{"model":1}'`),
      'JOB_INTERRUPTED',
      'no longer fits',
    ],
  ])('it is failed honestly when %s', async (_, change, code, message) => {
    rig.runs.load = untilCancelled
    const first = rig.controller()
    const { job } = begin(first)
    await rig.clock.settle()
    first.stop()
    change()
    const second = rig.controller()
    second.resume()
    const end = second.get(job.id)
    expect(end?.state).toBe('failed')
    expect(end?.error).toMatchObject({ code })
    expect(end?.error?.message).toContain(message)
    expect(second.active()).toEqual([])
  })

  test('a step of the same name cannot run beside itself', async () => {
    rig.runs.load = (job) =>
      Promise.all([
        job.step('a', () => rig.clock.sleep(5)),
        job.step('a', () => rig.clock.sleep(5)),
      ])
    const jobs = rig.controller()
    const end = await ended(jobs, begin(jobs).job)
    expect(end.error?.message).toContain('under way already')
  })
})

describe('lines', () => {
  test('only the last are kept, numbered from 0, and a long one is cut', async () => {
    rig.runs.load = async (job) => {
      for (let n = 0; n < 5700; n++) job.line(`line ${n}`)
      job.line(`${'x'.repeat(10_000)}\n`)
      job.line('a\r\nb\rc')
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    await ended(jobs, job)
    const kept = jobs.log(job.id, 0, 10_000)
    expect(kept.length).toBe(5000)
    expect(kept[0]).toEqual({ n: 704, text: 'line 704' })
    expect(kept.slice(-3).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(kept.at(-4)?.text).toHaveLength(4001)
    expect(jobs.log(job.id, -2).map(({ n }) => n)).toEqual([5702, 5703])
    expect(jobs.log(job.id, 5702)).toHaveLength(2)
    expect(rig.db.durable.prepare('SELECT count(*) AS n FROM job_lines').get()?.n).toBeLessThan(
      5600,
    )
  })

  test('a follower gets every line once, in order, until the job ends', async () => {
    rig.runs.load = async (job) => {
      for (let n = 0; n < 1300; n++) {
        job.line(`${n}`)
        if (n % 100 === 0) await rig.clock.sleep(1)
      }
    }
    const jobs = rig.controller()
    const { job } = begin(jobs)
    const seen: string[] = []
    const following = (async () => {
      for await (const { text } of jobs.follow(job.id, 10, new AbortController().signal))
        seen.push(text)
    })()
    await rig.clock.advance(20)
    await following
    expect(seen).toEqual(Array.from({ length: 1290 }, (_, n) => `${n + 10}`))
  })

  test('a follower that leaves ends, and so does one whose controller stops', async () => {
    rig.runs.load = untilCancelled
    const jobs = rig.controller()
    const { job } = begin(jobs)
    const leave = new AbortController()
    const drain = async (signal: AbortSignal) => {
      for await (const line of jobs.follow(job.id, 0, signal)) expect(line).toBeUndefined()
    }
    const left = drain(leave.signal)
    const stopped = drain(new AbortController().signal)
    await rig.clock.settle()
    leave.abort()
    await left
    jobs.stop()
    await stopped
  })
})

describe('looking', () => {
  test('a wait ends with the job, after its time, or when the caller leaves', async () => {
    rig.runs.load = () => rig.clock.sleep(10_000)
    const jobs = rig.controller()
    const { job } = begin(jobs)
    const leave = new AbortController()
    const long = jobs.wait(job.id, 60_000)
    const short = jobs.wait(job.id, 1000)
    const left = jobs.wait(job.id, 60_000, leave.signal)
    await rig.clock.settle()
    leave.abort()
    expect((await left).state).toBe('running')
    await rig.clock.advance(1000)
    expect((await short).state).toBe('running')
    await rig.clock.advance(9000)
    expect((await long).state).toBe('succeeded')
    expect(rig.clock.sleepers).toBe(0)
    await expect(jobs.wait('none', 1)).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
  })

  test('a list comes in pages, newest first, by service and state', async () => {
    rig.runs.load = async ({ input }) => {
      if ((input as { model: string }).model === '3') throw new Error('no')
    }
    const jobs = rig.controller()
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
    rig.runs.load = untilCancelled
    rig.runs.quick = async () => {}
    const jobs = rig.controller()
    const { job } = begin(jobs, { holds: [] })
    for (let n = 0; n < 4; n++) await ended(jobs, begin(jobs, { name: 'quick', holds: [] }).job)
    const recent = jobs.recent(3)
    expect(recent.map(({ state }) => state)).toEqual(['running', 'succeeded', 'succeeded'])
    expect(recent[0]?.id).toBe(job.id)
  })

  test('a service sees and cancels its own jobs only; a kind those of its services', async () => {
    rig.runs.load = untilCancelled
    const jobs = rig.controller()
    const { job } = jobs.forService('llm').start({ name: 'load', input: { model: 'a' }, holds: [] })
    const other = jobs.forService('asr')
    expect(other.get(job.id)).toBeUndefined()
    expect(other.active()).toEqual([])
    expect(thrownBy(() => other.cancel(job.id)).code).toBe('JOB_UNKNOWN')
    expect(jobs.forKind('toy').active()).toHaveLength(1)
    await rig.clock.settle()
    jobs.forKind('toy').cancel(job.id)
    expect((await ended(jobs, job)).state).toBe('cancelled')
  })

  test('old jobs are forgotten with their lines, running ones never', async () => {
    rig.runs.load = async (job) => job.line('x')
    rig.runs.hang = untilCancelled
    const jobs = rig.controller({ keep: 3 })
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
    expect(rig.db.durable.prepare('SELECT count(*) AS n FROM job_lines').get()?.n).toBe(3)
  })
})
