import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HostFaults } from '../../../sandbox/index.ts'
import type { EventView } from '../../events/event-view.ts'
import type { JobView, ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    topology: (yaml) =>
      yaml.replace(
        'nodes: [spark-1, spark-2]\n',
        'nodes: [spark-1, spark-2]\n    memory_floor: 2g\n    restore: last\n',
      ),
  })
})
afterAll(() => cluster?.close())

const faulty = (faults: HostFaults) => cluster.setFaults('spark-1', faults)

const start = async (): Promise<JobView> =>
  (await cluster.post<{ job: JobView }>('/api/swap', { model: SOLO })).body.job

const service = async (id = 'llm') => (await cluster.ask<ServiceView>(`/api/services/${id}`)).body

const notice = async (code: string, act: () => Promise<unknown>): Promise<string> => {
  const events = await cluster.events()
  const told = events.find(
    (event: EventView) => event.type === 'notice' && event.notice.code === code,
  )
  await act()
  const event = await told
  events.close()
  return event.type === 'notice' ? event.notice.message : ''
}

const jobs = async (): Promise<JobView[]> =>
  (await cluster.ask<{ jobs: JobView[] }>('/api/jobs')).body.jobs

it('stops a load before the memory is gone, and the job says why', async () => {
  await faulty({ next_launch: 'hang' })
  const job = await start()
  await until(async () => {
    const { body } = await cluster.ask<JobView>(`/api/jobs/${job.id}`)
    return body.phase === 'loading weights'
  }, 'the load')
  await faulty({ memory: 'falls' })
  const { state, error } = await cluster.ended(job)
  expect([state, error?.code]).toEqual(['failed', 'MEMORY_FLOOR'])
  expect(error?.message).toMatch(
    /^Gemma 4 26B was stopped because spark-1 had only 1\.\d GB of memory left/,
  )
  expect(await cluster.containers('spark-1')).toEqual([])
  const { state: shown, reason } = await until(async () => {
    const now = await service()
    return now.state === 'down' && now
  }, 'the tile')
  expect([shown, reason]).toEqual(['down', error?.message])
})

it('stops what serves when the memory falls, tells the owner, and does not load it again', async () => {
  await faulty({})
  expect((await cluster.ended(await start())).state).toBe('succeeded')
  const before = (await jobs()).length
  const message = await notice('MEMORY_FLOOR', () => faulty({ memory: 'falls' }))
  expect(message).toContain('was stopped because spark-1 had only')
  await until(async () => (await service()).state === 'down', 'the end of the engine')
  expect(await cluster.containers('spark-1')).toEqual([])
  expect((await jobs()).length).toBe(before)
})

it('never touches what was not started from here', async () => {
  const [theirs] = await cluster.containers('spark-2')
  expect(theirs?.state).toBe('running')
  await cluster.setFaults('spark-2', { memory: 'falls' })
  // the same fault has long stopped an engine of ours by then
  const stopped = notice('MEMORY_FLOOR', async () => {
    await faulty({})
    expect((await cluster.ended(await start())).state).toBe('succeeded')
    await faulty({ memory: 'falls' })
  })
  await stopped
  await until(async () => (await cluster.containers('spark-1')).length === 0, 'the end of ours')
  expect(await cluster.containers('spark-2')).toMatchObject([
    { name: theirs?.name, state: 'running' },
  ])
  await cluster.setFaults('spark-2', {})
})

it('loads the last model again after a reboot', async () => {
  await faulty({})
  expect((await cluster.ended(await start())).state).toBe('succeeded')
  const message = await notice('RESTORING', () => faulty({ host: 'reboot' }))
  expect(message).toBe('Gemma 4 26B was lost on spark-1 and is being loaded again (try 1 of 2)')
  await until(async () => (await service()).models[0] === SOLO, 'the model')
})

it('counts an engine that dies soon after as not restored: one more try, then it is left to the owner', async () => {
  const before = (await jobs()).length
  const message = await notice('RESTORE_FAILED', () =>
    faulty({ engine: 'die', next_launch: 'crash' }),
  )
  expect(message).toMatch(
    /^Gemma 4 26B was lost on spark-1 and could not be loaded again in 2 tries: Gemma 4 26B did not start/,
  )
  await until(async () => (await service()).reason === message, 'the tile')
  expect((await service()).state).toBe('down')
  expect((await jobs()).length - before).toBe(1)
})
