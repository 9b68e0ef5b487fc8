import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FAULTS, type LaunchFault } from '../../../sandbox/index.ts'
import type { ErrorView, JobView, ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { spread } from '../thorough.ts'

const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const WIDE = 'nvidia/Qwen3-235B-A22B-NVFP4'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ sandboxSpeed: 100 })
})
afterAll(() => cluster?.close())
beforeEach(async () => {
  for (const { id } of cluster.sandbox.hosts) await cluster.setFaults(id, {})
})

const start = (model: string) => cluster.post<{ job: JobView } & ErrorView>('/api/swap', { model })

async function swap(model: string): Promise<JobView> {
  const { status, body } = await start(model)
  expect(body.error).toBeUndefined()
  expect(status).toBe(202)
  return cluster.ended(body.job)
}

const names = async (host: string): Promise<string[]> =>
  (await cluster.containers(host)).map(({ name }) => name)

const service = async (id = 'llm') => (await cluster.ask<ServiceView>(`/api/services/${id}`)).body

/** What a launch that goes wrong is told as: a sentence, a way out, and the line it was read from. */
const TOLD: Record<
  Exclude<LaunchFault, 'slow' | 'hang'>,
  { model?: string; code?: string; message: RegExp; hint: RegExp; line: RegExp }
> = {
  oom: {
    message: /ran out of memory/,
    hint: /gpu_memory_utilization/,
    line: /torch\.OutOfMemoryError: CUDA out of memory/,
  },
  crash: {
    message: /illegal memory access/,
    hint: /log/,
    line: /CUDA error: an illegal memory access/,
  },
  'kv-small': {
    message: /context of \d+ tokens needs [\d.]+ GiB/,
    hint: /max_model_len\) in its settings to \d+ or less/,
    line: /estimated maximum model length is/,
  },
  'kv-none': {
    message: /no memory was left for the cache/,
    hint: /gpu_memory_utilization/,
    line: /No available memory for the cache blocks/,
  },
  'memory-busy': {
    message: /only [\d.]+ of [\d.]+ GiB were free/,
    hint: /page cache/,
    line: /Free memory on device/,
  },
  port: { message: /port is taken/, hint: /ss -ltnp/, line: /address already in use/ },
  arch: {
    message: /does not know the architecture/,
    hint: /newer/,
    line: /are not supported for now/,
  },
  parser: {
    message: /has no (tool call|reasoning) parser/,
    hint: /parser/,
    line: /invalid (tool call|reasoning) parser/,
  },
  'remote-code': {
    message: /brings its own code/,
    hint: /--trust-remote-code/,
    line: /trust_remote_code=True/,
  },
  hub: {
    message: /not on the disk/,
    hint: /Download/,
    line: /LocalEntryNotFoundError/,
  },
  nccl: {
    model: WIDE,
    message: /could not talk to each other/,
    hint: /cable/,
    line: /NCCL error/,
  },
  'missing-image': {
    code: 'LAUNCH_FAILED',
    message: /the image vllm-node\S* is not there/,
    hint: /build or pull it/,
    line: /Unable to find image/,
  },
  'dispatch-without-container': {
    code: 'LAUNCH_FAILED',
    message: /container runtime cannot use the GPU/,
    hint: /container toolkit/,
    line: /could not select device driver/,
  },
}

describe('a launch that goes wrong', () => {
  it.each(spread(Object.entries(TOLD), 3))(
    'with %s is told by its cause, and nothing is left running',
    async (fault, told) => {
      await cluster.setFaults('spark-1', { next_launch: fault as LaunchFault })
      const job = await swap(told.model ?? SOLO)
      expect(job).toMatchObject({
        state: 'failed',
        error: {
          code: told.code ?? 'LOAD_FAILED',
          message: expect.stringMatching(told.message),
          hint: expect.stringMatching(told.hint),
        },
      })
      expect(job.error?.log_tail.join('\n')).toMatch(told.line)
      expect(await names('spark-1')).toEqual([])
      expect(await names('spark-2')).toEqual(['vllm_node_2'])
    },
  )

  it('is among the faults the dashboard offers, each of them', async () => {
    const offered = FAULTS.flatMap(({ put }) => put.next_launch ?? [])
    const here = [...Object.keys(TOLD), 'slow', 'hang']
    expect(here.sort()).toEqual(offered.sort())
    const { body } = await cluster.ask<{ faults: { id: string }[] }>('/api/sandbox/faults')
    expect(body.faults.map(({ id }) => id)).toEqual(FAULTS.map(({ id }) => id))
  })

  it('hangs until it is cancelled, and then nothing is left running', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'hang' })
    const { body } = await start(SOLO)
    await until(async () => {
      const { body: job } = await cluster.ask<JobView>(`/api/jobs/${body.job.id}`)
      return job.phase === 'loading weights'
    }, 'the phase loading weights')
    expect((await cluster.post(`/api/jobs/${body.job.id}/cancel`, {})).status).toBe(202)
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'cancelled' })
    expect(await names('spark-1')).toEqual([])
  })

  it('for want of its image on one of two machines names the machine', async () => {
    await cluster.setFaults('spark-2', { next_launch: 'missing-image' })
    expect(await swap(WIDE)).toMatchObject({
      state: 'failed',
      error: {
        code: 'LAUNCH_FAILED',
        message: expect.stringMatching(/image vllm-node\S* is not on the worker node/),
        hint: expect.stringContaining('build or pull it'),
      },
    })
  })
})

describe('a host that is in trouble', () => {
  const refused = async () => {
    const { status, body } = await start(WIDE)
    if (body.error) return { status, ...body.error }
    const { error } = await cluster.ended(body.job)
    return { status, ...error }
  }

  it('without its docker daemon gets no swap, and is told why', async () => {
    await cluster.setFaults('spark-1', { docker: 'down' })
    expect(await refused()).toMatchObject({
      message: expect.stringMatching(/docker daemon/i),
      hint: expect.any(String),
    })
    await cluster.setFaults('spark-1', { docker: 'denied' })
    expect(await refused()).toMatchObject({
      message: expect.stringMatching(/permission denied|may not/i),
      hint: expect.any(String),
    })
  })

  it('that refuses SSH gets no swap, and is named', async () => {
    await cluster.setFaults('spark-1', { ssh: 'refuse' })
    expect(await refused()).toMatchObject({
      status: 503,
      code: expect.stringMatching(/^HOST_/),
      message: expect.stringContaining('spark-1'),
    })
  })

  // before the launcher has begun, while it is at work, when it is done
  const DROPS: [number, string][] = [
    [40, WIDE],
    [0, SOLO],
    [80, WIDE],
    [110, SOLO],
    [150, WIDE],
  ]
  it.each(spread(DROPS, 1))(
    'that drops its connection %i ms into the start of a model is looked at again, and the load of %s goes on',
    async (afterMs, model) => {
      // one that refused is asked again only after a pause
      const job = await until(async () => {
        const { status, body } = await start(model)
        return status === 202 && body.job
      }, 'a swap that is taken')
      await cluster.inPhase(job, 'starting')
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await cluster.setFaults('spark-1', { ssh: 'drop' })
      expect(await cluster.ended(job)).toMatchObject({ state: 'succeeded' })
      expect(await names('spark-1')).toEqual(['vllm_node'])
    },
  )
})

describe('an engine in trouble', () => {
  it('that is busy is not called down', async () => {
    await until(async () => (await service()).state === 'up', 'a service that is up')
    await cluster.setFaults('spark-1', { http: 'hang' })
    await until(async () => (await service()).state === 'busy', 'a service that is busy')
    expect((await service()).models).toEqual([WIDE])
  })

  it('that died in its container is down, with what to do', async () => {
    await cluster.setFaults('spark-1', { engine: 'die' })
    await until(async () => (await service()).state === 'down', 'a service that is down')
    expect((await service()).reason).toMatch(/unload, then load again|has died/)
  })

  it('whose container will not stop makes an unload fail loudly', async () => {
    await cluster.setFaults('spark-1', { docker: 'stuck' })
    const { body } = await cluster.post<{ job: JobView }>('/api/unload', {})
    const job = await cluster.ended(body.job)
    expect(job).toMatchObject({
      state: 'failed',
      error: {
        code: 'NOT_STOPPED',
        message: expect.stringContaining('spark-1'),
        hint: expect.any(String),
      },
    })
    expect(await names('spark-1')).toEqual(['vllm_node'])
    expect((await service()).state).not.toBe('idle')
  })
})
