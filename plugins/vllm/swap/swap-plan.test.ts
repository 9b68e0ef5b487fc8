import { describe, expect, it } from 'vitest'
import {
  sampleNode,
  sampleRecipe,
  sampleSizes,
  sampleState,
  sampleWanted,
} from '../testing/samples.ts'
import { planSwap } from './swap-plan.ts'
import { planUnload } from './unload-plan.ts'

const GB = 1e9
const loaded = (change = {}) =>
  sampleState({
    served: 'Old 35B',
    nodes: [
      sampleNode('spark-1', {
        container: 'running',
        availableBytes: 40 * GB,
        footprintBytes: 64 * GB,
      }),
      sampleNode('spark-2'),
    ],
    ...change,
  })

describe('the plan of a swap', () => {
  it('names what stops, for how long, who lives there, what is cut, whether it fits', () => {
    const plan = planSwap(
      loaded({ runningRequests: 3, drainS: 30 }),
      sampleWanted({ lastSeconds: 230 }),
    )
    expect(plan.title).toBe('Load New 26B instead of Old 35B?')
    expect(plan.confirm).toBe('Load New 26B')
    expect(plan.stops).toEqual(['Old 35B stops on spark-1.'])
    expect(plan.consequence.split('\n')).toEqual([
      'Old 35B stops now. Until New 26B is ready nobody gets answers from the language model: about 4 minutes (last time 3 min 50 s).',
      '3 requests are being answered; they get 30 seconds to finish, then they are cut.',
      'It should fit: needs 39 GB, 104 GB will be free.',
      'If New 26B does not start, nothing is loaded; you can load Old 35B again.',
    ])
    expect(plan.holds).toEqual(['llm', 'gpu:spark-1'])
    expect(plan.last_seconds).toBe(230)
    expect(plan.running_requests).toBe(3)
  })

  it('shows the commands exactly as they will run', () => {
    const plan = planSwap(
      loaded({ env: { NCCL_DEBUG: 'WARN' }, serveAs: ['default'] }),
      sampleWanted({
        recipe: sampleRecipe({ args: ['--hf-overrides', '{"a": 1}'], max_model_len: 4096 }),
      }),
    )
    expect(plan.commands).toEqual([
      { host: 'spark-1', command: 'docker stop -t 15 vllm_node' },
      { host: 'spark-2', command: 'docker stop -t 15 vllm_node' },
      {
        host: 'spark-1',
        command:
          'cd -- "$HOME"/spark-vllm-docker && timeout 900 ./launch-cluster.sh --solo -d -e HF_HUB_OFFLINE=1 -e NCCL_DEBUG=WARN --name vllm_node -t vllm-node exec vllm serve Org/New --served-model-name Org/New default --host 0.0.0.0 --port 8888 -tp 1 --max-model-len 4096 --gpu-memory-utilization 0.7 --enable-auto-tool-choice --tool-call-parser hermes --hf-overrides \'{"a": 1}\' </dev/null',
      },
    ])
  })

  it('a cluster swap takes the second machine and says who lives there', () => {
    const plan = planSwap(
      loaded(),
      sampleWanted({ recipe: sampleRecipe({ nodes: 2, tensor_parallel: 2 }) }),
    )
    expect(plan.consequence).toContain(
      'It also takes spark-2, where Speech recognition and Speech live; they keep running and share the memory there.',
    )
    expect(plan.holds).toEqual(['llm', 'gpu:spark-1', 'gpu:spark-2'])
    expect(plan.commands.at(-1)?.command).toContain('./launch-cluster.sh -n 192.0.2.1,192.0.2.2 -d')
    expect(plan.commands.at(-1)?.command).toContain(' -tp 2 ')
    expect(plan.nodes).toEqual(['spark-1', 'spark-2'])
  })

  it('a solo swap after a cluster model holds both machines, since it stops on both', () => {
    const nodes = ['spark-1', 'spark-2'].map((id) => sampleNode(id, { container: 'running' }))
    const plan = planSwap(loaded({ nodes }), sampleWanted())
    expect(plan.holds).toEqual(['llm', 'gpu:spark-1', 'gpu:spark-2'])
    expect(plan.stops).toEqual(['Old 35B stops on spark-1 and spark-2.'])
  })

  it.each([
    [
      'nothing is loaded',
      sampleState(),
      {},
      'Nothing is loaded now. Until New 26B is ready nobody gets answers from the language model: how long that takes is not known, it was never loaded from here.',
    ],
    [
      'it is too large',
      sampleState(),
      { sizes: sampleSizes({ weightBytes: 120 * GB }) },
      'It does not seem to fit: needs 129 GB, 104 GB will be free on spark-1.',
    ],
    [
      'it asks for more than is free',
      sampleState(),
      { recipe: sampleRecipe({ gpu_memory_utilization: 0.9 }) },
      'It may refuse to start: it asks for 115 GB (gpu_memory_utilization 0.9), 104 GB will be free on spark-1.',
    ],
    [
      'requests cannot be counted',
      loaded({ runningRequests: null }),
      {},
      'How many requests are being answered is not known; what is left is cut.',
    ],
    [
      'one request runs, without drain',
      loaded({ runningRequests: 1 }),
      {},
      '1 request is being answered; it ends in the middle.',
    ],
    ['none runs', loaded(), {}, 'No request is being answered.'],
  ])('when %s it says so', (_, state, wanted, expected) => {
    expect(planSwap(state, sampleWanted(wanted)).consequence.split('\n')).toContain(expected)
  })

  it('promises nothing about memory that was never measured', () => {
    const nodes = [sampleNode('spark-1', { container: 'running', footprintBytes: null })]
    expect(planSwap(loaded({ nodes }), sampleWanted()).consequence).not.toMatch(/fit|free/)
  })

  it('a dead container is named as what stops', () => {
    const plan = planSwap(
      sampleState({ nodes: [sampleNode('spark-1', { container: 'running' })] }),
      sampleWanted(),
    )
    expect(plan.stops).toEqual([
      'The container vllm_node on spark-1 stops. Nothing is being served from it.',
    ])
  })

  it('a plain folder is mounted and served under its own name', () => {
    const plan = planSwap(
      sampleState(),
      sampleWanted({ recipe: sampleRecipe({ repo: 'my-tune' }), folder: '/data/models/my-tune' }),
    )
    expect(plan.launch.serve.slice(0, 3)).toEqual([
      '/models/my-tune',
      '--served-model-name',
      'my-tune',
    ])
    expect(plan.commands.at(-1)?.command).toContain(
      "export VLLM_SPARK_EXTRA_DOCKER_ARGS='-v /data/models/my-tune:/models/my-tune:ro' &&",
    )
  })

  it('HF_HOME of the host is passed on', () => {
    const { commands } = planSwap(
      sampleState({ nodes: [sampleNode('spark-1', { hfHome: '~/hf' })] }),
      sampleWanted(),
    )
    expect(commands.at(-1)?.command).toContain('&& export HF_HOME="$HOME"/hf &&')
  })
})

describe('the plan of an unload', () => {
  it('counts the answers being written and what is freed', () => {
    const plan = planUnload(loaded({ runningRequests: 3, drainS: 120 }))
    expect(plan?.title).toBe('Unload Old 35B while 3 answers are being written?')
    expect(plan?.consequence.split('\n')).toEqual([
      '3 requests are being answered. They are waited for, at most 120 seconds; what is left then ends in the middle.',
      'Afterwards no model is loaded, and every program that asks for one gets “no model loaded” until you load one.',
      'Frees about 64 GB on spark-1.',
    ])
    expect(plan?.holds).toEqual(['llm', 'gpu:spark-1'])
  })

  it('is null when there is no container anywhere', () => {
    expect(planUnload(sampleState())).toBeNull()
  })
})
