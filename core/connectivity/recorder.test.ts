import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ContainerChange } from '../containers/container-change.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { HostView } from '../views.ts'
import { createConnectivity } from './history.ts'
import { createRecorder, type Recorder } from './recorder.ts'

let db: Database
let clock: FakeClock
let recorder: Recorder
beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  recorder = start()
})
afterEach(() => db.close())

const history = () => createConnectivity({ db, clock })
const start = (): Recorder =>
  createRecorder({
    history: history(),
    store: createKeyValue(db, 'connectivity'),
    clock,
    log: pino({ level: 'silent' }),
  })
const told = () =>
  history()
    .list({})
    .changes.map(({ subject, from, to }) => `${subject} ${from}>${to}`)
    .reverse()
const host = (state: HostView['state']): HostView => ({
  ...{ id: 'spark-1', address: '192.0.2.1', state, checked_at: null },
  ...{ round_trip_ms: null, figures: null },
})
const container = (from: ContainerChange['from'], to: ContainerChange['to']): ContainerChange => ({
  ...{ host: 'spark-1', container: 'speech', at: '', from, to },
  ...{ started_at: null, restarts: 0, seen_by: 'event' },
})

describe('what is kept of a host', () => {
  it('is each change, and a dropped connection between two polls', () => {
    for (const state of ['connecting', 'ok', 'ok'] as const) recorder.host(host(state))
    recorder.hostLost('spark-1', 'its connection was dropped')
    recorder.host(host('ok'))
    recorder.host(host('none'))
    expect(told()).toEqual([
      'host:spark-1 unknown>ok',
      'host:spark-1 ok>lost',
      'host:spark-1 lost>ok',
    ])
  })
})

describe('what is kept of a container', () => {
  it('is a restart that no look could see', () => {
    recorder.container(container(null, 'running'), null)
    recorder.container(container('running', 'running'), null)
    recorder.container(container('running', 'stopped'), null)
    recorder.container(container('stopped', 'running'), null)
    const subject = 'container:spark-1/speech'
    expect(told()).toEqual([
      `${subject} unknown>running`,
      `${subject} running>stopped`,
      `${subject} stopped>running`,
      `${subject} running>stopped`,
      `${subject} stopped>running`,
    ])
  })

  it('has the job that stops it as its reason, and none once it runs', () => {
    recorder.container(container('running', 'stopped'), 'while “Restart speech” runs')
    recorder.container(container('stopped', 'running'), 'while “Restart speech” runs')
    const { changes } = history().list({})
    expect(changes.map(({ reason }) => reason)).toEqual([null, 'while “Restart speech” runs'])
  })
})

describe('what is kept of a service', () => {
  beforeEach(() => history().record('service:llm', 'up', null))

  it('is a port that refused once, until it answers again', () => {
    recorder.looked('llm', 'answered', 'up')
    recorder.looked('llm', 'refused', 'up')
    recorder.knocked('llm', false, 'up', 'its port refused')
    recorder.looked('llm', 'late', 'busy')
    recorder.knocked('llm', true, 'up', '')
    recorder.knocked('llm', true, 'up', '')
    expect(told().slice(1)).toEqual(['service:llm up>refused', 'service:llm refused>up'])
  })

  it('is no outage where nothing is meant to listen, or a GPU is busy', () => {
    for (const state of ['idle', 'starting', 'down', 'unknown'] as const)
      recorder.knocked('llm', false, state, 'its port refused')
    recorder.looked('llm', 'late', 'busy')
    recorder.looked('llm', 'blind', 'up')
    expect(told()).toEqual(['service:llm unknown>up'])
  })

  it('goes on from there, whoever writes it down, when it counts as down or is busy', () => {
    recorder.looked('llm', 'refused', 'up')
    history().record('service:llm', 'down', 'as the prober says')
    recorder.looked('llm', 'refused', 'down')
    history().record('service:llm', 'up', null)
    recorder.looked('llm', 'answered', 'up')
    recorder.knocked('llm', false, 'up', 'its port refused')
    history().record('service:llm', 'busy', null)
    recorder.knocked('llm', true, 'busy', '')
    expect(told().map((line) => line.replace('service:llm ', ''))).toEqual([
      ...['unknown>up', 'up>refused', 'refused>down', 'down>up'],
      ...['up>refused', 'refused>busy'],
    ])
  })
})

it('a disk that takes nothing ends neither the beat nor the look that told of a change', () => {
  db.durable.exec('PRAGMA query_only = ON')
  recorder.alive()
  recorder.host(host('ok'))
  recorder.close()
  db.durable.exec('PRAGMA query_only = OFF')
  expect(told()).toEqual([])
})

it('a controller that was killed does not claim to know of the time it was away', async () => {
  recorder.host(host('ok'))
  await clock.advance(30_000)
  recorder.alive()
  const aliveMs = clock.now()
  await clock.advance(3_600_000)
  const again = start()
  expect(history().list({}).changes[0]).toMatchObject({
    ...{ subject: 'host:spark-1', from: 'ok', to: 'unknown' },
    at: new Date(aliveMs).toISOString(),
  })
  again.host(host('ok'))
  expect(told().at(-1)).toBe('host:spark-1 unknown>ok')
  again.close()
  expect(told().at(-1)).toBe('host:spark-1 ok>unknown')
})
