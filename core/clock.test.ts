import { describe, expect, test } from 'vitest'
import { systemClock, toAt, toAtOrNull } from './clock.ts'
import { createFakeClock } from './testing/fake-clock.ts'

describe.each([
  ['the system clock', () => systemClock],
  ['a fake clock', () => createFakeClock()],
])('%s', (_, create) => {
  test('rejects a sleep with the reason of its signal, before it or during it', async () => {
    const clock = create()
    const reason = new Error('enough')
    await expect(clock.sleep(1e9, AbortSignal.abort(reason))).rejects.toBe(reason)
    const abort = new AbortController()
    // Longer than a timer of Node can count.
    const sleep = clock.sleep(2 ** 40, abort.signal)
    setImmediate(() => abort.abort(reason))
    await expect(sleep).rejects.toBe(reason)
  })
})

test('the system clock wakes who sleeps', async () => {
  await systemClock.sleep(0)
  await systemClock.sleep(-5)
  await systemClock.sleep(1, new AbortController().signal)
  expect(toAt(systemClock.now())).toMatch(/^20\d\d-.*Z$/)
  expect(toAtOrNull(null)).toBeNull()
})

describe('an advancing fake clock', () => {
  test('wakes each sleeper at its own moment, in order, also those that sleep again', async () => {
    const clock = createFakeClock(0)
    const woken: string[] = []
    const nap = async (name: string, ms: number, times: number) => {
      for (let n = 0; n < times; n++) {
        await clock.sleep(ms)
        woken.push(`${name}@${clock.now()}`)
      }
    }
    const all = [nap('a', 30, 3), nap('b', 50, 1), nap('c', 1000, 1)]
    await clock.advance(95)
    expect(woken).toEqual(['a@30', 'b@50', 'a@60', 'a@90'])
    expect([clock.now(), clock.sleepers]).toEqual([95, 1])
    await clock.advance(905)
    await Promise.all(all)
    expect(woken.at(-1)).toBe('c@1000')
  })

  test('setting the time of day wakes nobody', async () => {
    const clock = createFakeClock(0)
    let isWoken = false
    const sleep = clock.sleep(10).then(() => {
      isWoken = true
    })
    clock.set(3_600_000)
    await clock.settle()
    expect([isWoken, clock.now()]).toEqual([false, 3_600_000])
    await clock.advance(0)
    await sleep
  })
})
