import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createFakeDocker } from '../containers/testing/fake-docker.ts'
import { createContainerWatch } from '../containers/watch.ts'
import { ControlError } from '../errors.ts'
import type { Host } from '../hosts/host.ts'
import type { Health } from '../plugin.ts'
import { createProber } from '../probes/prober.ts'
import type { LiveService } from '../services.ts'
import { openDatabase } from '../store/database.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { HostView } from '../views.ts'
import { watchConnectivity } from './watch-connectivity.ts'

const OUTAGES = 100
/** Of the random outages: the same in every run, or one of your own. */
const SEEDS = process.env.OUTAGES_SEED ? [Number(process.env.OUTAGES_SEED)] : [1, 2026, 8_150_817]
const HOSTS = ['spark-1', 'spark-2']
const SPEC = { container_runtime: 'docker', user: 'alice' }
const KINDS = ['container', 'ssh', 'port', 'busy'] as const
/** As short as docker restart, but a port that refuses for as long as its knocks are apart. */
const LASTING_MS = {
  container: [50, 1_000],
  ssh: [50, 1_000],
  port: [1_000, 4_000],
  busy: [1, 60_000],
} as const

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Hosts with a container and a server each, watched by the controller's own watches, prober, knocks and
 * recorder. Played are docker, TCP and the end of an SSH connection (hosts.test.ts drops real ones).
 */
async function startCluster() {
  const clock = createFakeClock()
  const db = openDatabase(':memory:')
  const log = pino({ level: 'silent' })
  const prober = createProber({
    ...{ clock, log, db },
    onLook: (id, outcome) => connectivity.looked(id, outcome, prober.view(id)?.state ?? 'unknown'),
  })
  const servers = new Map<string, 'well' | 'refuses' | 'late'>(HOSTS.map((id) => [id, 'well']))
  const dockers = new Map(HOSTS.map((id) => [id, createFakeDocker(clock)]))
  const watch = createContainerWatch({
    ...{ clock, log, random: () => 0 },
    hosts: {
      ids: () => HOSTS,
      get: (id) => ({ id, spec: SPEC, exec: dockers.get(id)?.exec }) as unknown as Host,
    },
  })
  const connectivity = watchConnectivity({
    ...{ db, clock, log, prober },
    services: () => HOSTS.map((id) => serviceOf(id)),
    jobOf: () => undefined,
    ownersOf: () => [],
    onContainerChange: watch.onChange,
    knock: ({ service }, tell) => {
      const state = servers.get(service)
      queueMicrotask(() => tell(state === 'late' ? undefined : state === 'well'))
      return () => {}
    },
  })
  for (const id of HOSTS) prober.add(id, { probe: () => look(servers.get(id)) })
  watch.update(HOSTS.map((host) => ({ name: 'bot', host })))
  for (const id of HOSTS) connectivity.host(wellHost(id))
  await clock.advance(20_000)
  return {
    clock,
    history: () => prober.history.list({ limit: 1000 }).changes.reverse(),
    async drop(id: string, forMs: number) {
      dockers.get(id)?.dropConnection()
      connectivity.hostLost(id, 'its connection was dropped')
      await clock.advance(forMs)
      connectivity.host(wellHost(id))
    },
    async restart(id: string, forMs: number) {
      dockers.get(id)?.die(0)
      await clock.advance(forMs)
      dockers.get(id)?.start()
    },
    async put(id: string, state: 'refuses' | 'late', forMs: number) {
      servers.set(id, state)
      await clock.advance(forMs)
      servers.set(id, 'well')
    },
    close() {
      connectivity.close()
      watch.close()
      prober.close()
      db.close()
    },
  }
}

const wellHost = (id: string): HostView => ({
  ...{ id, address: '127.0.0.1', state: 'ok', checked_at: null },
  ...{ round_trip_ms: null, figures: null },
})

const serviceOf = (id: string): LiveService =>
  ({ spec: { id }, upstreams: new Map([['main', { origin: 'http://127.0.0.1:1' }]]) }) as never

function look(server: string | undefined): Promise<Health> {
  if (server === 'refuses')
    return Promise.reject(new ControlError('UPSTREAM_UNREACHABLE', 'it refuses'))
  if (server === 'late') return Promise.reject(new ControlError('UPSTREAM_TIMEOUT', 'it is late'))
  return Promise.resolve({ state: 'up' })
}

it.each(SEEDS)(
  'of 100 short outages of all three kinds, with busy times between, 95 are in the log and no other: seed %i',
  async (seed) => {
    const random = randomFrom(seed)
    const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T
    const between = (least: number, most: number) => Math.round(least + (most - least) * random())
    const cluster = await startCluster()
    const missed: string[] = []
    const invented: string[] = []
    let outages = 0
    try {
      while (outages < OUTAGES) {
        const [kind, id] = [pick(KINDS), pick(HOSTS)]
        const [least, most] = LASTING_MS[kind]
        const forMs = between(least, most)
        await cluster.clock.advance(between(5_000, 15_000))
        const seen = cluster.history().length
        if (kind === 'container') await cluster.restart(id, forMs)
        else if (kind === 'ssh') await cluster.drop(id, forMs)
        else await cluster.put(id, kind === 'port' ? 'refuses' : 'late', forMs)
        await cluster.clock.advance(11_000)
        const told = cluster
          .history()
          .slice(seen)
          .map(({ subject, from, to }) => `${subject} ${from}>${to}`)
        const { caught, also = [] } = WANTED[kind](id)
        const what = `${kind} of ${id} for ${Math.round(forMs)} ms: ${told.join(', ')}`
        if (kind !== 'busy') outages += 1
        if (kind !== 'busy' && !caught.every((each) => told.includes(each))) missed.push(what)
        if (told.some((each) => ![...caught, ...also].includes(each))) invented.push(what)
      }
    } finally {
      cluster.close()
    }
    console.log(
      `seed ${seed}: ${OUTAGES - missed.length} of ${OUTAGES} caught, ${invented.length} invented`,
    )
    expect({ seed, invented }).toEqual({ seed, invented: [] })
    expect(
      OUTAGES - missed.length,
      `seed ${seed}, missed: ${missed.join('; ')}`,
    ).toBeGreaterThanOrEqual(95)
  },
)

/** What the log must say of each, and what it may say besides. */
const WANTED: Record<
  (typeof KINDS)[number],
  (id: string) => { caught: string[]; also?: string[] }
> = {
  container: (id) => ({
    caught: [`container:${id}/bot running>stopped`, `container:${id}/bot stopped>running`],
  }),
  ssh: (id) => ({ caught: [`host:${id} ok>lost`, `host:${id} lost>ok`] }),
  // three refusals in a row are more than a moment
  port: (id) => ({
    caught: [`service:${id} up>refused`],
    also: ['refused>up', 'refused>down', 'down>up'].map((each) => `service:${id} ${each}`),
  }),
  // one that is late for a minute is not known any more, which is no outage either
  busy: (id) => ({
    caught: [],
    also: ['up>busy', 'busy>up', 'busy>unknown', 'unknown>up'].map(
      (each) => `service:${id} ${each}`,
    ),
  }),
}
