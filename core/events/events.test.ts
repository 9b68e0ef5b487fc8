import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { JobView } from '../views.ts'
import { createEvents, type Events, type EventsDeps, parseLineWish } from './events.ts'
import { emptyWorld, Page, service, snapshotOf, Visitor, type World } from './testing/visitor.ts'

let clock: FakeClock
let world: World
let opened: Events[]
beforeEach(() => {
  clock = createFakeClock()
  world = emptyWorld()
  opened = []
})
afterEach(() => {
  for (const events of opened) events.close()
})

const create = (more: Partial<EventsDeps> = {}): Events => {
  const events = createEvents({ snapshot: () => snapshotOf(world), clock, ...more })
  opened.push(events)
  return events
}

const act = {
  set(events: Events, id: string, reason: string) {
    world.services.set(id, reason)
    events.publish({ type: 'service', service: service(id, reason) })
  },
  remove(events: Events, id: string) {
    world.services.delete(id)
    events.publish({ type: 'service-removed', id })
  },
  line(events: Events, text: string) {
    world.lines.push(text)
    events.publish({ type: 'line', job: 'j', n: world.lines.length - 1, text })
  },
}

describe('a client', () => {
  test('first gets everything, then what changes, each with its id', () => {
    const events = create()
    act.set(events, 'llm', 'a')
    const visitor = new Visitor(world)
    visitor.connect(events)
    act.set(events, 'asr', 'b')
    visitor.deliver()
    const [first, second] = visitor.page.events
    expect(first?.event).toBe('snapshot')
    expect(second).toMatchObject({ event: 'service', data: expect.stringContaining('"asr"') })
    expect(first?.id).toMatch(/^[0-9a-f]+-1$/)
    expect(second?.id).toMatch(/^[0-9a-f]+-2$/)
  })

  test('that comes back gets only what it missed', () => {
    const events = create()
    const visitor = new Visitor(world)
    visitor.connect(events)
    visitor.deliver()
    visitor.leave()
    act.set(events, 'llm', 'a')
    act.set(events, 'llm', 'b')
    visitor.connect(events)
    visitor.deliver()
    expect(visitor.page.events.map(({ event }) => event)).toEqual([
      'snapshot',
      'service',
      'service',
    ])
  })

  test.each([
    ['of another life of the controller', 'abcdef-1'],
    ['from the future', undefined],
    ['that is nonsense', '\u0000-1'],
  ])('with an id %s gets a snapshot', (_, id) => {
    const events = create()
    act.set(events, 'llm', 'a')
    const visitor = new Visitor(world)
    visitor.connect(events)
    visitor.deliver()
    visitor.leave()
    visitor.page.lastEventId = id ?? visitor.page.lastEventId?.replace(/\d+$/, '999')
    visitor.connect(events)
    visitor.deliver()
    expect(visitor.page.snapshots).toBe(2)
  })

  test('that was away too long gets a snapshot instead of a history with a gap', () => {
    const events = create({ keep: 3 })
    const visitor = new Visitor(world)
    visitor.connect(events)
    visitor.deliver()
    visitor.leave()
    for (let n = 0; n < 4; n++) act.set(events, 'llm', `${n}`)
    visitor.connect(events)
    visitor.deliver()
    expect([visitor.page.snapshots, visitor.page.services.get('llm')]).toEqual([2, '3'])
  })

  test('gets the lines of the jobs it named and of no other', () => {
    const events = create()
    const [none, one, all] = [new Visitor(world), new Visitor(world), new Visitor(world)]
    none.connect(events, parseLineWish('/api/events'))
    one.connect(events, parseLineWish('/api/events?jobs=x,y'))
    all.connect(events, parseLineWish('/api/events?lines=all'))
    for (const job of ['w', 'x']) events.publish({ type: 'line', job, n: 0, text: job })
    const jobsSeen = (visitor: Visitor) => {
      visitor.deliver()
      return visitor.page.events.flatMap(({ event, data }) =>
        event === 'line' ? [JSON.parse(data).job] : [],
      )
    }
    expect([none, one, all].map(jobsSeen)).toEqual([[], ['x'], ['w', 'x']])
  })

  test('that is slow gets the latest of each thing once it reads again', () => {
    const events = create()
    const visitor = new Visitor(world)
    visitor.connect(events)
    for (let n = 0; n < 5001; n++) act.set(events, `s${n % 3}`, `${n}`)
    visitor.deliver()
    expect(visitor.isCut).toBe(false)
    expect(visitor.page.services).toEqual(world.services)
    expect(visitor.page.events.length).toBeLessThan(10)
    const numbers = visitor.page.events.map(({ id }) => Number(id?.split('-')[1]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  })

  test('that never reads is cut when 1 MiB has gathered, and no sooner', () => {
    const events = create()
    const visitor = new Visitor(world)
    visitor.connect(events)
    const text = 'x'.repeat(10_000)
    let sent = 0
    while (!visitor.isCut && sent < 1000) {
      act.line(events, text)
      sent++
    }
    expect(sent).toBeGreaterThan(100)
    expect(sent).toBeLessThan(108)
    expect(events.clients).toBe(0)
  })

  test('is not cut for a snapshot larger than that', () => {
    for (let n = 0; n < 300; n++) world.services.set(`s${n}`, 'x'.repeat(10_000))
    const events = create()
    const visitor = new Visitor(world)
    visitor.connect(events)
    act.set(events, 'llm', 'a')
    expect(visitor.isCut).toBe(false)
    visitor.deliver()
    expect(visitor.page.services).toEqual(world.services)
  })

  test('is refused when too many are there', () => {
    const events = create({ mostClients: 2 })
    for (let n = 0; n < 2; n++) new Visitor(world).connect(events)
    expect(() => new Visitor(world).connect(events)).toThrow('2 event streams')
  })
})

test('a page that comes and goes at random ends with the state of one that never left', () => {
  const id = fc.constantFrom('a', 'b', 'c')
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), id, to: fc.string() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('line' as const), to: fc.string() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('deliver', 'leave', 'come') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (steps, keep) => {
        world = emptyWorld()
        let events = create({ keep, mostBytes: 600 })
        const loyal = new Visitor(world)
        const fickle = new Visitor(world)
        loyal.connect(events)
        for (const step of steps) {
          if (step.do === 'set') act.set(events, step.id, step.to)
          if (step.do === 'remove') act.remove(events, step.id)
          if (step.do === 'line') act.line(events, step.to)
          if (step.do === 'deliver') fickle.deliver()
          if (step.do === 'leave') fickle.leave()
          if (step.do === 'come' && !fickle.isConnected) fickle.connect(events)
          if (step.do === 'restart') {
            for (const visitor of [loyal, fickle]) visitor.leave()
            events.close()
            events = create({ keep, mostBytes: 600 })
            loyal.connect(events)
          }
          loyal.deliver()
        }
        if (!fickle.isConnected) fickle.connect(events)
        fickle.deliver()
        if (!fickle.isConnected) fickle.connect(events)
        fickle.deliver()
        for (const { page } of [loyal, fickle]) {
          expect(page.services).toEqual(world.services)
          expect(page.lines).toEqual(world.lines)
        }
        events.close()
      },
    ),
    { numRuns: 400 },
  )
})

describe('over HTTP', () => {
  let server: Server
  let events: Events
  beforeEach(async () => {
    events = create()
    server = createServer((req, res) => {
      events.serve(req, res, { headers: { 'x-mark': '1' } })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    events.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  const visit = async (lastEventId?: string, path = '/'): Promise<IncomingMessage> => {
    const { port } = server.address() as AddressInfo
    const request = get({
      ...{ host: '127.0.0.1', port, path, agent: false },
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    })
    const [res] = (await once(request, 'response')) as [IncomingMessage]
    return res.setEncoding('utf8')
  }
  /** Reads until the page has seen `count` events. */
  const read = async (res: IncomingMessage, page: Page, count: number) => {
    while (page.events.length < count) page.take(String((await once(res, 'data'))[0]))
  }

  test('the stream has the headers proxies need, and goes on where it was left', async () => {
    const page = new Page(world)
    const res = await visit()
    expect(res.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'x-mark': '1',
    })
    await read(res, page, 1)
    act.set(events, 'llm', 'a')
    await read(res, page, 2)
    res.destroy()
    act.set(events, 'llm', 'b')
    page.reset()
    const again = await visit(page.lastEventId)
    await read(again, page, 3)
    expect(page.events.map(({ event }) => event)).toEqual(['snapshot', 'service', 'service'])
    expect(page.services.get('llm')).toBe('b')
    again.destroy()
  })

  test('a comment comes every 15 s, and a client that left is forgotten', async () => {
    const res = await visit()
    const page = new Page(world)
    await read(res, page, 1)
    let comments = ''
    res.on('data', (text) => {
      comments += text
    })
    for (let n = 0; n < 2; n++) {
      const data = once(res, 'data')
      await clock.advance(15_000)
      await data
    }
    expect(comments).toBe(':\n\n:\n\n')
    res.destroy()
    while (events.clients > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(events.clients).toBe(0)
  })

  test('the query says whose lines come along', async () => {
    const page = new Page(world)
    const res = await visit(undefined, '/api/events?jobs=j')
    await read(res, page, 1)
    events.publish({ type: 'line', job: 'other', n: 0, text: 'x' })
    act.line(events, 'y')
    await read(res, page, 2)
    expect(page.lines).toEqual(['y'])
    res.destroy()
  })

  test('a client that does not read is cut', async () => {
    const res = await visit()
    res.pause()
    const closed = new Promise((resolve) => res.on('close', resolve))
    res.on('error', () => {})
    for (let n = 0; events.clients > 0; n++) {
      events.publish({ type: 'job', job: { id: `${n}`, title: 'x'.repeat(50_000) } as JobView })
      await new Promise((resolve) => setImmediate(resolve))
    }
    res.resume()
    await closed
    expect(res.complete).toBe(false)
  })
})

describe('a listener in this process', () => {
  test('hears every event once clients have been sent it, until it leaves', () => {
    const events = create()
    const page = new Page(world)
    const write = (text: string) => {
      page.take(text)
      return true
    }
    events.connect({ write, bufferedBytes: () => 0, cut: () => {} }, undefined)
    const heard: string[] = []
    const leave = events.listen((event) => {
      if (event.type !== 'service') return
      heard.push(`${event.service.id} ${page.services.has(event.service.id)}`)
    })
    act.set(events, 'llm', 'up')
    act.set(events, 'speech', 'up')
    leave()
    act.set(events, 'llm', 'down')
    expect(heard).toEqual(['llm true', 'speech true'])
  })
})
