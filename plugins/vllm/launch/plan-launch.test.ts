import { describe, expect, it } from 'vitest'
import { Value } from '#core'
import { Settings } from '../settings.ts'
import { planSwap } from '../swap/swap-plan.ts'
import { planUnload } from '../swap/unload-plan.ts'
import { sampleNode, sampleRecipe, sampleState, sampleWanted } from '../testing/samples.ts'
import { launchSettings } from './launch-settings.ts'

const state = (settings: object, change: object = {}) =>
  sampleState({
    ...launchSettings(Value.Default(Settings, settings) as Settings, 'llm'),
    nodes: [sampleNode('desk')],
    ...change,
  })
const planned = (
  settings: object,
  recipe: object = {},
  change: object = {},
  folder: string | null = null,
) =>
  planSwap(
    state(settings, change),
    sampleWanted({ recipe: sampleRecipe({ gpu_memory_utilization: 0.7, ...recipe }), folder }),
  )
const commandsOf = (...from: Parameters<typeof planned>) =>
  planned(...from).commands.map(({ command }) => command)
const NO_PARTS = { tensor_parallel: undefined }
const START = ['vllm', 'serve', '{model}', '--port={port}', '{args}']
const SERVED =
  '--served-model-name Org/New --host 0.0.0.0 --port 8888 -tp 1 --gpu-memory-utilization 0.7 --enable-auto-tool-choice --tool-call-parser hermes'

describe('the plan of a swap with docker', () => {
  it('shows the whole command, and a stop that removes what stays', () => {
    expect(commandsOf({})).toEqual([
      'docker stop -t 15 sc-llm && docker rm sc-llm',
      `cache=\${HF_HOME:-$HOME/.cache/huggingface} && timeout 300 docker run -d --pull never --network host --name=sc-llm --label=spark-control.service=llm --log-driver json-file --log-opt max-size=64m --log-opt max-file=2 --gpus all --ipc host -v "$cache":/hf-home -e HF_HUB_OFFLINE=1 -e HF_HOME=/hf-home --entrypoint vllm vllm/vllm-openai:latest serve Org/New ${SERVED} </dev/null`,
    ])
  })

  it('passes on what the topology says', () => {
    const [, start] = commandsOf(
      {
        image: 'registry.lan:5000/vllm:v1',
        container: 'chat',
        gpus: [0, 2],
        shm_size: '16g',
        volumes: ['~/.cache/vllm:/root/.cache/vllm', '/srv/templates:/templates:ro'],
        env: { VLLM_LOGGING_LEVEL: 'DEBUG' },
        args: ['--max-num-seqs', '8'],
      },
      { ...NO_PARTS, args: ['--seed', '1'] },
      { nodes: [sampleNode('desk', { hfHome: '/srv/hf' })], gpuCount: 2 },
      '/srv/models/tune',
    )
    for (const part of [
      ' --name=chat ',
      ` --gpus '"device=0,2"' --shm-size 16g `,
      ' -v /srv/hf:/hf-home -v /srv/models/tune:/models/tune:ro -v "$HOME"/.cache/vllm:/root/.cache/vllm -v /srv/templates:/templates:ro ',
      ' -e VLLM_LOGGING_LEVEL=DEBUG ',
      ' registry.lan:5000/vllm:v1 serve /models/tune ',
      ' -tp 2 ',
      ' --max-num-seqs 8 --seed 1 ',
    ])
      expect(start).toContain(part)
    expect(start).not.toContain('--ipc')
  })

  it('speaks podman where the host has that', () => {
    const podman = { nodes: [sampleNode('desk', { runtime: 'podman' })] }
    const [stop, start] = commandsOf({ gpus: [0, 1] }, {}, podman)
    expect(stop).toBe('podman stop -t 15 sc-llm && podman rm sc-llm')
    expect(start).toContain('podman run -d ')
    expect(start).toContain(
      ' --log-driver k8s-file --log-opt max-size=64m --security-opt label=disable --device nvidia.com/gpu=0 --device nvidia.com/gpu=1 ',
    )
    expect(commandsOf({}, {}, podman)[1]).toContain(' --device nvidia.com/gpu=all ')
  })

  it.each([
    ['as many as GPUs', NO_PARTS, { gpuCount: 4 }, 4],
    ['as many as the recipe says', { tensor_parallel: 2 }, { gpuCount: 4 }, 2],
    ['one where the GPUs are not known', NO_PARTS, { gpuCount: null }, 1],
  ])('makes parts of the model: %s', (_, recipe, change, parts) => {
    expect(commandsOf({}, recipe, change)[1]).toContain(` -tp ${parts} `)
  })
})

describe('the plan of a swap with a command', () => {
  it('shows program, arguments and environment, and a stop that makes sure', () => {
    const env = { gpus: [1, 3], env: { VLLM_USE_V1: '1' } }
    const [stop, start] = commandsOf({ commands: { start: START }, ...env })
    expect(stop).toMatch(/^sh -s -- llm 20 {2}# ends the engine with all its parts/)
    expect(start).toBe(
      `export HF_HUB_OFFLINE=1 CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1,3 VLLM_USE_V1=1 && sh -s -- llm vllm serve Org/New --port=8888 ${SERVED.replace(' --port 8888', '')}  # starts the engine in a session of its own, which outlives this connection`,
    )
  })

  it('gives a plain folder by its own path', () => {
    const [, start] = commandsOf({ commands: { start: START } }, {}, {}, '/srv/models/tune')
    expect(start).toContain(' vllm serve /srv/models/tune ')
  })

  it('names the process as what stops', () => {
    const busy = state(
      { commands: { start: START } },
      { nodes: [sampleNode('desk', { container: 'running' })] },
    )
    expect(planSwap(busy, sampleWanted()).stops).toEqual([
      'The process of llm on desk stops. Nothing is being served from it.',
    ])
    expect(planUnload(busy)?.title).toBe('Unload the process of llm?')
  })
})

describe('settings of a model that its launcher cannot carry out', () => {
  it.each<[string, object, object, object, string, RegExp]>([
    [
      'several machines',
      {},
      { nodes: 2, tensor_parallel: 2 },
      {},
      'MODEL_TOO_WIDE',
      /spans 2 machines; llm is started with launcher docker, which starts on one/,
    ],
    [
      'more GPUs than there are',
      { gpus: [0, 1] },
      { tensor_parallel: 4 },
      { gpuCount: 2 },
      'MODEL_TOO_WIDE',
      /needs 4 GPUs \(tensor_parallel\), llm has 2/,
    ],
    ['mods', {}, { mods: ['mods/a'] }, {}, 'RECIPE_UNSUITED', /needs the mods mods\/a/],
    [
      'an image',
      { commands: { start: START } },
      { image: 'vllm-node-mxfp4' },
      {},
      'RECIPE_UNSUITED',
      /needs the image vllm-node-mxfp4/,
    ],
  ])('are refused with the reason: %s', (_, settings, recipe, change, code, message) => {
    expect(() => planned(settings, recipe, change)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})

describe('two engines on one machine', () => {
  const plans = [
    { service: 'chat', gpus: [0, 1], port: 8888 },
    { service: 'code', gpus: [2, 3], port: 8889 },
  ].map(({ service, gpus, port }) =>
    planSwap(
      sampleState({
        ...launchSettings(Value.Default(Settings, { gpus }) as Settings, service),
        port,
        nodes: [sampleNode('server')],
      }),
      sampleWanted(),
    ),
  )

  it('have containers, ports and GPUs of their own, and are not in each other’s way', () => {
    const [chat = '', code = ''] = plans.map(({ commands }) =>
      commands.map(({ command }) => command).join('\n'),
    )
    for (const word of ['sc-chat', '8888', 'device=0,1']) {
      expect(chat).toContain(word)
      expect(code).not.toContain(word)
    }
    for (const word of ['sc-code', '8889', 'device=2,3']) {
      expect(code).toContain(word)
      expect(chat).not.toContain(word)
    }
    expect(plans.map(({ holds }) => holds)).toEqual([
      ['chat', 'gpu:server:0', 'gpu:server:1'],
      ['code', 'gpu:server:2', 'gpu:server:3'],
    ])
  })
})
