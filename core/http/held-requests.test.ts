import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import type { Hold } from '../plugin.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createCleanup, listen } from '../upstream/testing/rig.ts'
import { writeError } from '../upstream/write-error.ts'
import { createHeldRequests, type HeldLimits } from './held-requests.ts'

const open = createCleanup()
afterEach(open.run)

/** Holds made by the test, one for each request in the order they come. */
function createHolds() {
  const holds: { resolve(): void; reject(error: ControlError): void; hasLeft: boolean }[] = []
  let text = '1st in line'
  return {
    holds,
    say: (words: string) => {
      text = words
    },
    create(): Hold {
      const settle = { resolve: () => {}, reject: (_: ControlError) => {}, hasLeft: false }
      const ready = new Promise<void>((resolve, reject) =>
        Object.assign(settle, { resolve, reject }),
      )
      holds.push(settle)
      const leave = () => {
        settle.hasLeft = true
      }
      return { ready, describe: () => text, leave }
    },
  }
}

/** A server that holds every request and answers `done` when its hold is over. */
async function start(limits?: HeldLimits) {
  const clock = createFakeClock()
  const { holds, create, say } = createHolds()
  const held = createHeldRequests(clock, limits)
  const server = createServer(async (req, res) => {
    const isStream = req.url === '/v1/stream'
    const caller = { req, res, isStream, sizeBytes: 10, answerHeaders: {} }
    try {
      if (await held.wait(create(), caller)) res.end('done')
    } catch (thrown) {
      writeError(req, res, thrown)
    }
  })
  const { origin } = open.add(await listen(server))
  const seen = (count: number) => async () => {
    while (holds.length < count) await clock.settle()
  }
  return { clock, holds, say, held, origin, arrived: (count: number) => seen(count)() }
}

it('answers whoever asked for no stream only when the wait is over', async () => {
  const { holds, origin, arrived, held } = await start()
  const reply = fetch(`${origin}/v1/whole`)
  await arrived(1)
  expect(held.requests).toBe(1)
  holds[0]?.resolve()
  expect(await (await reply).text()).toBe('done')
  expect(held.requests).toBe(0)
})

it('tells whoever asked for a stream each change at once, and the same again every 5 seconds', async () => {
  const { clock, holds, say, origin, arrived } = await start()
  const reply = await Promise.all([fetch(`${origin}/v1/stream`), arrived(1)])
  await clock.advance(2_000)
  say('1st in line;\nloading weights')
  await clock.advance(3_000)
  holds[0]?.resolve()
  expect(reply[0].headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await reply[0].text()).toBe(
    [
      ': waiting, 1st in line\n\n',
      ': waiting, 1st in line; loading weights\n\n',
      ': waiting, 1st in line; loading weights\n\n',
      'done',
    ].join(''),
  )
})

it('tells a failure with its status, or as an event where the stream has begun', async () => {
  const { holds, origin, arrived } = await start()
  const whole = fetch(`${origin}/v1/whole`)
  await arrived(1)
  const streamed = fetch(`${origin}/v1/stream`)
  await arrived(2)
  const error = new ControlError('MODEL_LOADING', 'Too slow.', { retryAfterS: 7 })
  for (const hold of holds) hold.reject(error)
  const { status, headers } = await whole
  expect([status, headers.get('retry-after')]).toEqual([503, '7'])
  const text = await (await streamed).text()
  const data = JSON.parse(/event: error\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '')
  expect(data.error).toMatchObject({ code: 'model_loading', message: 'Too slow.' })
})

it('lets go of a caller who leaves', async () => {
  const { clock, holds, origin, arrived, held } = await start()
  const leave = new AbortController()
  const reply = fetch(`${origin}/v1/whole`, { signal: leave.signal }).catch(() => 'left')
  await arrived(1)
  leave.abort()
  expect(await reply).toBe('left')
  while (held.requests > 0) await clock.settle()
  expect(holds[0]?.hasLeft).toBe(true)
})

it.each([
  ['requests', { requests: 1, bytes: 1000 }],
  ['bytes', { requests: 10, bytes: 15 }],
])(
  'refuses what is beyond its limit of %s, and takes again when there is room',
  async (_, limits) => {
    const { holds, origin, arrived } = await start(limits)
    const first = fetch(`${origin}/v1/whole`)
    await arrived(1)
    const second = await fetch(`${origin}/v1/whole`)
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await second.json()).toMatchObject({ error: { code: 'overloaded' } })
    expect(holds[1]?.hasLeft).toBe(true)
    holds[0]?.resolve()
    await (await first).text()
    const third = fetch(`${origin}/v1/whole`)
    await arrived(3)
    holds[2]?.resolve()
    expect((await third).status).toBe(200)
  },
)
