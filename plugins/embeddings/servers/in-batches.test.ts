import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ControlError } from '#core'
import { inBatches } from './in-batches.ts'

const never = new AbortController().signal
const clock = {
  now: () => 0,
  sleep: async (_ms: number, signal?: AbortSignal) => signal?.throwIfAborted(),
}
const tooLarge = () => new ControlError('PAYLOAD_TOO_LARGE', 'too many')

describe('batches', () => {
  it('give the answers in the order of the items, whatever the server takes at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { maxLength: 100 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (items, size, parallel, most) => {
          let running = 0
          let highest = 0
          const answers = await inBatches(
            items,
            { size, parallel, clock },
            async (batch) => {
              if (batch.length > most) throw tooLarge()
              running += 1
              highest = Math.max(highest, running)
              // later batches may be faster than earlier ones
              for (let turn = 0; turn < (batch[0] ?? 0) % 3; turn += 1) await null
              running -= 1
              return batch.map((item) => `${item}`)
            },
            never,
          )
          expect(answers).toEqual(items.map(String))
          expect(highest).toBeLessThanOrEqual(parallel)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('wait for a server that is full, and give up in the end', async () => {
    let tries = 0
    const send = async (batch: readonly string[]) => {
      tries += 1
      if (tries < 4) throw new ControlError('OVERLOADED', 'full', { retryAfterS: 1 })
      return batch
    }
    const limits = { size: 2, parallel: 1, clock }
    expect(await inBatches(['a', 'b'], limits, send, never)).toEqual(['a', 'b'])
    const full = () => Promise.reject(new ControlError('OVERLOADED', 'full', { retryAfterS: 9 }))
    await expect(inBatches(['a'], limits, full, never)).rejects.toMatchObject({
      ...{ code: 'OVERLOADED', retryAfterS: 9 },
    })
  })

  it('end together when one of them fails, and nothing is sent afterwards', async () => {
    const sent: string[] = []
    const aborted: string[] = []
    const work = inBatches(
      ['a', 'b', 'c', 'd'],
      { size: 1, parallel: 2, clock },
      async ([item = ''], signal) => {
        sent.push(item)
        if (item === 'b') throw new ControlError('VALIDATION', 'not this')
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted.push(item)
            reject(signal.reason)
          }),
        )
        return [item]
      },
      never,
    )
    await expect(work).rejects.toMatchObject({ code: 'VALIDATION' })
    expect([sent, aborted]).toEqual([['a', 'b'], ['a']])
  })

  it('end when the caller leaves, also in the wait for a full server', async () => {
    const leaving = new AbortController()
    let tries = 0
    const send = async () => {
      tries += 1
      leaving.abort(new Error('left'))
      throw new ControlError('OVERLOADED', 'full')
    }
    const limits = { size: 1, parallel: 1, clock }
    await expect(inBatches(['a', 'b'], limits, send, leaving.signal)).rejects.toThrow('left')
    expect(tries).toBe(1)
  })

  it('refuse an answer that is not one for each, and one text that is too long', async () => {
    const limits = { size: 3, parallel: 1, clock }
    const short = async () => ['only one']
    await expect(inBatches(['a', 'b'], limits, short, never)).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_FAILED', message: 'The server answered 1 of 2 texts.' },
    })
    await expect(
      inBatches(['a', 'b'], limits, () => Promise.reject(tooLarge()), never),
    ).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })
})
