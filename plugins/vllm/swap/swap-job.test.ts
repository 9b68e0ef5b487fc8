import { describe, expect, it } from 'vitest'
import { kept } from '../kept.ts'
import { servedBy } from '../served.ts'
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts'
import {
  createFakeJob,
  createFakeService,
  createFakeStore,
  type KeptSteps,
  Killed,
  livingUntil,
} from '../testing/fake-service.ts'
import { runSwapFor } from '../testing/run-job.ts'
import { sampleInput } from '../testing/samples.ts'
import { swapJob } from './swap-job.ts'

const cluster2 = { nodes: 2, tensor_parallel: 2 }
const running = (cluster: FakeCluster) => [...cluster.containers.keys()]
const launchesOf = (cluster: FakeCluster) =>
  cluster.commands.filter((command) => command.includes('exec vllm serve'))

describe('a swap', () => {
  it('stops everywhere, launches, follows the log, checks the answer', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    const { job, service, result } = await runSwapFor(cluster, sampleInput())
    expect(result).toMatchObject({
      model: 'Org/New',
      cut: 0,
      self_check: { answered: true, text: 'Earth', tool_call: { passed: true } },
    })
    expect(job.phases).toEqual([
      'checking',
      'letting requests finish',
      'stopping',
      'starting',
      'starting engine',
      'loading weights',
      'opening port',
      'checking the answer',
    ])
    expect(running(cluster)).toEqual(['spark-1'])
    expect(cluster.commands.filter((c) => c.includes(' stop '))).toEqual([
      'spark-1: docker stop -t 15 vllm_node',
    ])
    const record = kept(service.store).load('Org/New')
    expect(record?.seconds).toBeGreaterThan(59)
    expect(record?.footprintBytes['spark-1']).toBe(60 * 2 ** 30)
    expect(kept(service.store).launched()).toHaveProperty('spark-1')
    expect(cluster.upstream.state.isDraining).toBe(false)
  })

  it('over two machines requires a container on both', async () => {
    const cluster = createFakeCluster()
    await runSwapFor(cluster, sampleInput(cluster2))
    expect(running(cluster)).toEqual(['spark-1', 'spark-2'])
  })

  it('says how many requests were cut', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.upstream.state.inFlight = 3
    const { result, job } = await runSwapFor(cluster, sampleInput({}, 30))
    expect(cluster.upstream.state.drainedMs).toBe(30_000)
    expect(result).toMatchObject({ cut: 3 })
    expect(job.lines).toContain('3 requests were cut')
  })

  it('a model that fails its tool call stays loaded, and the card says so', async () => {
    const cluster = createFakeCluster()
    cluster.faults.callsTools = false
    const { service } = await runSwapFor(cluster, sampleInput())
    expect(kept(service.store).selfCheck()?.tool_call).toEqual({
      passed: false,
      text: 'it answered without calling the tool',
    })
    expect(running(cluster)).toEqual(['spark-1'])
  })

  it('a container started without --rm is removed by hand', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.faults.withoutRm = true
    await runSwapFor(cluster, sampleInput())
    expect(cluster.commands).toContain('spark-1: docker rm vllm_node')
  })
})

describe('a swap that cannot work stops nothing', () => {
  it.each<[string, (cluster: FakeCluster) => void, string, RegExp]>([
    [
      'the launcher is not there',
      ({ faults }) => (faults.hasLauncher = false),
      'LAUNCHER_MISSING',
      /no launch-cluster\.sh/,
    ],
    [
      'the launcher is too old',
      ({ faults }) => (faults.help = 'Usage: -t -n -d'),
      'LAUNCHER_TOO_OLD',
      /--solo/,
    ],
    [
      'an image is missing',
      ({ faults }) => faults.missingImages.add('spark-2'),
      'LAUNCH_FAILED',
      /vllm-node is not on spark-2/,
    ],
    [
      'the images differ',
      ({ faults }) => (faults.imageIds['spark-2'] = 'sha256:2'),
      'LAUNCH_FAILED',
      /spark-2 is not the one on spark-1/,
    ],
    ['a machine is off', ({ faults }) => faults.down.add('spark-2'), 'HOST_UNREACHABLE', /spark-2/],
  ])('when %s', async (_, spoil, code, message) => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    spoil(cluster)
    await expect(runSwapFor(cluster, sampleInput(cluster2))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(running(cluster)).toEqual(['spark-1'])
    expect(launchesOf(cluster)).toEqual([])
  })
})

describe('a swap that fails leaves nothing running', () => {
  it.each<[string, (cluster: FakeCluster) => void, string, RegExp]>([
    [
      'the launcher ends with 1',
      ({ faults }) =>
        (faults.launch = {
          code: 1,
          output: 'Error: No active CX7 interfaces',
          startsContainers: false,
        }),
      'LAUNCH_FAILED',
      /No active CX7 interfaces/,
    ],
    [
      'the marker is missing although the status is 0',
      ({ faults }) => (faults.launch = { output: 'Head Node: x' }),
      'LAUNCH_FAILED',
      /started nothing: Head Node: x/,
    ],
    [
      'it says dispatched, but no container runs',
      ({ faults }) => (faults.launch = { startsContainers: false }),
      'LAUNCH_FAILED',
      /vllm_node does not run on spark-1 and spark-2/,
    ],
    [
      'a container was there already',
      ({ faults }) =>
        (faults.launch = {
          output:
            'Cluster containers are already running. Skipping launch.\nCommand dispatched in background (Daemon mode)',
        }),
      'LAUNCH_FAILED',
      /running already/,
    ],
    [
      'the engine dies with a cause in its log',
      ({ faults }) =>
        (faults.dies = {
          afterMs: 20_000,
          log: ['ValueError: No available memory for the cache blocks.'],
        }),
      'LOAD_FAILED',
      /no memory was left for the cache/,
    ],
    [
      'the cause stands in the worker’s log',
      ({ faults }) =>
        (faults.dies = {
          afterMs: 20_000,
          log: ['EngineDeadError'],
          workerLog: ['RuntimeError: NCCL error: remote process exited'],
        }),
      'LOAD_FAILED',
      /could not talk to each other/,
    ],
    [
      'the machine kills it',
      ({ faults }) => (faults.dies = { afterMs: 20_000, log: [], exit: 'oom' }),
      'LOAD_FAILED',
      /ran out of memory/,
    ],
    [
      'it dies and says nothing',
      ({ faults }) => (faults.dies = { afterMs: 20_000, log: [] }),
      'LOAD_FAILED',
      /names no cause/,
    ],
    [
      'it never becomes ready',
      ({ faults }) => (faults.loadMs = 1e9),
      'LOAD_TIMEOUT',
      /not ready after 40 min/,
    ],
  ])('when %s', async (_, spoil, code, message) => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    spoil(cluster)
    const failure = await runSwapFor(cluster, sampleInput(cluster2)).catch((thrown) => thrown)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(running(cluster)).toEqual([])
    expect(cluster.upstream.state.isDraining).toBe(false)
  })

  it('keeps the lines around the cause', async () => {
    const cluster = createFakeCluster()
    cluster.faults.dies = {
      afterMs: 20_000,
      log: ['before', 'CUDA out of memory. Tried to allocate 3 GiB', 'after'],
    }
    const failure = await runSwapFor(cluster, sampleInput()).catch((thrown) => thrown)
    expect(failure.logTail).toEqual(expect.arrayContaining(['before', 'after']))
    expect(failure.hint).toMatch(/gpu_memory_utilization/)
  })
})

describe('a stop that does not stop', () => {
  it('fails loudly and launches nothing', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-2', 'vllm serve Org/Old')
    cluster.faults.stuck = true
    await expect(runSwapFor(cluster, sampleInput())).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: expect.stringMatching(
        /^not stopped: vllm_node still runs on spark-2 \(tried to kill/,
      ),
    })
    expect(launchesOf(cluster)).toEqual([])
  })

  it('an engine outside the container is found by its port', async () => {
    const cluster = createFakeCluster()
    cluster.faults.foreign = 'Other/Model'
    await expect(runSwapFor(cluster, sampleInput())).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: expect.stringMatching(/still answers on port 8888 of spark-1/),
    })
  })
})

describe('cancelling', () => {
  it.each([
    ['checking', ['spark-1']],
    ['letting requests finish', ['spark-1']],
    ['stopping', []],
    ['starting', []],
    ['loading weights', []],
    ['checking the answer', []],
  ])('while %s leaves %j', async (phase, left) => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    const job = createFakeJob(sampleInput(), {
      onPhase: (entered, self) => {
        if (entered === phase) self.cancel()
      },
    })
    const service = createFakeService(cluster)
    await expect(swapJob.run(job, service)).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
    expect(running(cluster)).toEqual(left)
    expect(cluster.upstream.state.isDraining).toBe(false)
    if (left.length === 0)
      expect(job.lines.join('\n')).toMatch(
        /cancelled: (what was started is stopped|nothing is running)/,
      )
  })
})

describe('cancelling when a cut-off command complains', () => {
  it('is still a cancel, not a failure', async () => {
    const cluster = createFakeCluster()
    const job = createFakeJob(sampleInput(), {
      onPhase: (phase, self) => {
        if (phase !== 'loading weights') return
        cluster.faults.down.add('spark-1')
        self.cancel()
        setImmediate(() => cluster.faults.down.delete('spark-1'))
      },
    })
    await expect(swapJob.run(job, createFakeService(cluster))).rejects.toMatchObject({
      code: 'JOB_CANCELLED',
    })
    expect(running(cluster)).toEqual([])
  })
})

describe('a controller killed in a swap', () => {
  const STEPS = ['check', 'drain', 'stop', 'measure', 'launch', 'load', 'record', 'self-check']
  const cases = STEPS.flatMap((step) =>
    (['before', 'after'] as const).map((when) => [step, when] as const),
  )

  it.each(cases)(
    'in %s, %s its work, takes the swap up and starts nothing twice',
    async (step, when) => {
      const cluster = createFakeCluster()
      cluster.start('spark-1', 'vllm serve Org/Old')
      const store = createFakeStore()
      const steps: KeptSteps = { done: new Map(), attempts: new Map() }
      const input = sampleInput(cluster2)
      const first = createFakeJob(input, { steps, killIn: { step, when } })
      await expect(
        livingUntil(first, swapJob.run(first, createFakeService(cluster, { store }))),
      ).rejects.toBeInstanceOf(Killed)

      const second = createFakeJob(input, { steps })
      const service = createFakeService(cluster, { store })
      await expect(swapJob.run(second, service)).resolves.toMatchObject({ model: 'Org/New' })
      expect(cluster.launches).toBe(1)
      expect(running(cluster)).toEqual(['spark-1', 'spark-2'])
      expect(servedBy(service).kept.launched()).toEqual({
        'spark-1': cluster.containers.get('spark-1')?.id,
        'spark-2': cluster.containers.get('spark-2')?.id,
      })
    },
  )

  it('a launch of which only the head came up is cleared and begun anew', async () => {
    const cluster = createFakeCluster()
    const steps: KeptSteps = { done: new Map(), attempts: new Map([['launch', 1]]) }
    for (const step of ['check', 'drain', 'stop']) steps.done.set(step, '0')
    steps.done.set('measure', '{"availableBytes":{},"startedAt":0}')
    cluster.start('spark-1', 'vllm serve Org/New')
    const job = createFakeJob(sampleInput(cluster2), { steps })
    await swapJob.run(job, createFakeService(cluster))
    expect(job.lines).toContain('an unfinished launch was found; stopping it before starting anew')
    expect(cluster.launches).toBe(1)
    expect(running(cluster)).toEqual(['spark-1', 'spark-2'])
  })

  it('a load that died meanwhile is failed honestly', async () => {
    const cluster = createFakeCluster()
    const steps: KeptSteps = { done: new Map(), attempts: new Map() }
    const first = createFakeJob(sampleInput(), { steps, killIn: { step: 'load', when: 'before' } })
    await livingUntil(first, swapJob.run(first, createFakeService(cluster))).catch(() => undefined)
    cluster.faults.dies = { afterMs: 0, log: ['CUDA out of memory. Tried to allocate 1 GiB'] }
    const second = createFakeJob(sampleInput(), { steps })
    await expect(swapJob.run(second, createFakeService(cluster))).rejects.toMatchObject({
      code: 'LOAD_FAILED',
    })
    expect(running(cluster)).toEqual([])
  })
})

describe('a machine lost during the load', () => {
  it('does not end the load when it comes back', async () => {
    const cluster = createFakeCluster()
    let looks = 0
    const job = createFakeJob(sampleInput(), {
      onPhase: (phase) => {
        if (phase !== 'loading weights' || looks++ > 0) return
        cluster.faults.down.add('spark-1')
        setImmediate(() => cluster.faults.down.delete('spark-1'))
      },
    })
    await expect(swapJob.run(job, createFakeService(cluster))).resolves.toMatchObject({
      model: 'Org/New',
    })
    expect(cluster.launches).toBe(1)
  })
})
