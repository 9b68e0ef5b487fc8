import { expect, it } from 'vitest'
import { MOST_WAITING, type SlotKind, Slots } from './slots.ts'

const never = new AbortController().signal

/** Takes a slot and writes down who got one, in order. */
function taker(slots: Slots) {
  const got: string[] = []
  const take = (kind: SlotKind, name: string, signal: AbortSignal = never) =>
    slots.take(kind, signal).then((release) => {
      got.push(name)
      return release
    })
  return { got, take }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('lets 4 short commands run at once and serves the rest in their order', async () => {
  const { got, take } = taker(new Slots('spark-1'))
  const taken = Array.from({ length: 7 }, (_, i) => take('short', `${i}`))
  await turn()
  expect(got).toEqual(['0', '1', '2', '3'])
  for (const slot of taken.slice(0, 2)) (await slot)?.()
  await turn()
  expect(got).toEqual(['0', '1', '2', '3', '4', '5'])
})

it('lets a followed log take no turn from short commands', async () => {
  const { got, take } = taker(new Slots('spark-1'))
  for (let i = 0; i < 9; i++) take('long', `log ${i}`)
  await turn()
  expect(got).toHaveLength(6)
  take('short', 'poll')
  take('short', 'docker ps')
  await turn()
  expect(got.slice(6)).toEqual(['poll', 'docker ps'])
})

it('never holds more sessions than sshd gives, a short command counted twice', async () => {
  const slots = new Slots('spark-1')
  const running: Record<SlotKind, number> = { short: 0, long: 0 }
  let most = 0
  await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      const kind = i % 3 === 0 ? 'long' : 'short'
      const release = await slots.take(kind, never)
      running[kind] += 1
      most = Math.max(most, 2 * running.short + running.long)
      await turn()
      running[kind] -= 1
      release()
      release() // twice is once
    }),
  )
  expect(most).toBe(10)
  expect(slots.inUse).toBe(0)
})

it('forgets who leaves the queue', async () => {
  const slots = new Slots('spark-1')
  const { got, take } = taker(slots)
  const first = await Promise.all(Array.from({ length: 4 }, (_, i) => take('short', `${i}`)))
  const leaving = new AbortController()
  const left = take('short', 'left', leaving.signal)
  take('short', 'stayed')
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  await expect(slots.take('short', leaving.signal)).rejects.toThrow('gone')
  first[0]?.()
  await turn()
  expect(got.at(-1)).toBe('stayed')
})

it('turns callers away when the queue is full', async () => {
  const slots = new Slots('spark-1')
  for (let i = 0; i < 4 + MOST_WAITING; i++) slots.take('short', never)
  await expect(slots.take('short', never)).rejects.toMatchObject({
    code: 'OVERLOADED',
    retryAfterS: 5,
  })
})
