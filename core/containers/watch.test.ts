import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Host } from '../hosts/host.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { ContainerChange } from './container-change.ts'
import { createFakeDocker } from './testing/fake-docker.ts'
import { type ContainerWatch, createContainerWatch } from './watch.ts'

let clock: FakeClock
let docker: ReturnType<typeof createFakeDocker>
let watch: ContainerWatch
let changes: ContainerChange[]
const told = () => changes.map(({ from, to, seen_by }) => `${from} ${to} ${seen_by}`)

beforeEach(async () => {
  clock = createFakeClock()
  docker = createFakeDocker(clock)
  const host = {
    ...{ id: 'spark-1', address: '127.0.0.1', exec: docker.exec },
    spec: { container_runtime: 'docker', user: 'sam' },
  } as unknown as Host
  watch = createContainerWatch({
    ...{ clock, log: pino({ level: 'silent' }), random: () => 0 },
    hosts: { get: () => host, ids: () => ['spark-1'] },
  })
  changes = []
  watch.onChange((change) => void changes.push(change))
  watch.update([{ name: 'bot', host: 'spark-1' }])
  await clock.advance(1_000)
})

describe('a container that is watched', () => {
  test('is known from the first look', () => {
    expect(told()).toEqual(['null running look'])
    expect(watch.latest({ name: 'bot', host: 'spark-1' })).toMatchObject({ state: 'running' })
  })

  test('that restarts in 200 ms is seen to go and to come, once', async () => {
    docker.die(137)
    await clock.advance(200)
    docker.start()
    await clock.advance(60_000)
    expect(told().slice(1)).toEqual(['running stopped event', 'stopped running event'])
    expect(changes[2]?.started_at).toBe(new Date(docker.container.startedAt).toISOString())
  })

  test('that restarts while the connection is away is found by the look after it', async () => {
    docker.isReachable = false
    docker.dropConnection()
    await clock.advance(30_000)
    docker.restart()
    docker.isReachable = true
    await clock.advance(60_000)
    expect(told().slice(1)).toEqual(['running running look'])
    expect(docker.followers.size).toBe(1)
  })

  test('whose events say nothing is found by the look that comes every ten seconds', async () => {
    docker.isTelling = false
    docker.restart()
    await clock.advance(11_000)
    expect(told().slice(1)).toEqual(['running running look'])
  })

  test('that its policy starts again and again is counted', async () => {
    for (let n = 1; n <= 3; n++) {
      docker.die(1)
      await clock.advance(1_000)
      docker.container.restarts = n
      docker.start()
      await clock.advance(5_000)
    }
    expect(told().slice(1)).toHaveLength(6)
    expect(watch.latest({ name: 'bot', host: 'spark-1' })).toMatchObject({ restarts: 3 })
  })

  test('invents nothing in an hour of nothing, and asks about every ten seconds', async () => {
    await clock.advance(3_600_000)
    expect(told()).toHaveLength(1)
    expect(docker.follows).toBe(1)
    expect(docker.looks).toBeLessThan(370)
  })

  test('on a host that is away is asked for ever more rarely, and not at all once it is left out', async () => {
    docker.isReachable = false
    docker.dropConnection()
    await clock.advance(3_600_000)
    expect(watch.latest({ name: 'bot', host: 'spark-1' })).toBeUndefined()
    watch.update([])
    await clock.settle()
    expect(clock.sleepers).toBe(0)
    docker.isReachable = true
    await clock.advance(600_000)
    expect(docker.follows).toBe(1)
  })
})

test('100 outages of every sort, shorter than any poll: 95 are caught at least, none invented', async () => {
  let caught = 0
  for (let n = 0; n < 100; n++) {
    const before = changes.length
    if (n % 3 === 0) docker.dropConnection()
    docker.die(n % 2)
    await clock.advance(50 + (n % 20) * 10)
    docker.start()
    await clock.advance(15_000)
    const seen = told().slice(before)
    if (seen.some((each) => /^running (stopped|running) /.test(each))) caught++
    expect(seen.length).toBeLessThanOrEqual(2)
  }
  expect(caught).toBeGreaterThanOrEqual(95)
  const before = changes.length
  await clock.advance(600_000)
  expect(changes).toHaveLength(before)
})
