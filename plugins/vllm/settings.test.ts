import { describe, expect, it } from 'vitest'
import type { HostSpec, Topology } from '#core'
import { Value } from '#core'
import { checkSettings, Settings } from './settings.ts'

const host = (change: Partial<HostSpec> = {}): HostSpec => ({
  address: '192.0.2.1',
  user: 'alice',
  ssh: { port: 22 },
  model_dirs: [],
  container_runtime: 'docker',
  memory: 'auto',
  local: false,
  ...change,
})
const CLUSTER = { launcher: 'launch-cluster' }
const { user: _, ...noUser } = host()
const topology = {
  hosts: { 'spark-1': host(), 'spark-2': host(), appliance: noUser },
  services: {},
} as unknown as Topology
const check = (settings: object, hostId: string | undefined = 'spark-1') =>
  checkSettings(
    {
      id: 'llm',
      ...(hostId !== undefined && { host: hostId }),
      settings: Value.Default(Settings, settings) as Settings,
    },
    topology,
  ).map(({ at, code }) => `${at} ${code}`)

describe('the settings of a service', () => {
  it.each<[string, object, string | undefined, string[]]>([
    ['nothing at all is fine', {}, 'spark-1', []],
    ['two machines, the host first', { ...CLUSTER, nodes: ['spark-1', 'spark-2'] }, 'spark-1', []],
    [
      'another machine first',
      { ...CLUSTER, nodes: ['spark-2', 'spark-1'] },
      'spark-1',
      ['nodes.0 HEAD_NOT_HOST'],
    ],
    [
      'a machine twice',
      { ...CLUSTER, nodes: ['spark-1', 'spark-1'] },
      'spark-1',
      ['nodes.1 NODE_TWICE'],
    ],
    [
      'a machine without a user',
      { ...CLUSTER, nodes: ['spark-1', 'appliance'] },
      'spark-1',
      ['nodes.1 MANAGE_NEEDS_SSH'],
    ],
    ['its own host without a user', {}, 'appliance', ['manage MANAGE_NEEDS_SSH']],
    ['the same, watched only', { manage: false }, 'appliance', []],
    ['on demand with nothing but its defaults', { on_demand: {} }, 'spark-1', []],
    [
      'on demand, watched only',
      { manage: false, on_demand: {} },
      'spark-1',
      ['on_demand ON_DEMAND_NEEDS_MANAGE'],
    ],
    ['on demand switched off', { manage: false, on_demand: { enabled: false } }, 'spark-1', []],
    [
      'a preload of nothing',
      { on_demand: { preload: true } },
      'spark-1',
      ['on_demand.preload PRELOAD_NEEDS_MODEL'],
    ],
    [
      'a wait that ends before the model before may go',
      { on_demand: { min_loaded: '20m', max_wait: '10m' } },
      'spark-1',
      ['on_demand.max_wait WAIT_TOO_SHORT'],
    ],
  ])('%s', (_, settings, hostId, mistakes) => {
    expect(check(settings, hostId)).toEqual(mistakes)
  })

  it.each(['/data/hf; reboot', '/data/my models', '/a/../b', '$(x)'])(
    'a host whose hf_home is %j cannot be launched on',
    (hf_home) => {
      const found = checkSettings(
        { id: 'llm', host: 'spark-1', settings: Value.Default(Settings, {}) as Settings },
        { hosts: { 'spark-1': host({ hf_home }) }, services: {} } as unknown as Topology,
      )
      expect(found.map(({ code }) => code)).toEqual(['HF_HOME_UNSAFE'])
    },
  )

  it('given by url it can only be watched', () => {
    const settings = Value.Default(Settings, {}) as Settings
    const found = checkSettings({ id: 'llm', settings }, topology)
    expect(found.map(({ code }) => code)).toEqual(['MANAGE_NEEDS_HOST'])
  })
})

/** Strings that do harm where they are not refused or quoted. */
const HOSTILE = [
  '$(touch canary)',
  '`touch canary`',
  '; touch canary',
  '| touch canary',
  '&& touch canary',
  "'; touch canary #",
  '"; touch canary #',
  'a\ntouch canary',
  'a\0b',
  '--privileged',
  '-v/:/host',
  '../../etc/passwd',
  'a/../b',
  'a b',
  '$' + '{HOME}',
  '~root',
  'ünïcode',
  '\u202egpj',
  '*',
  '',
  'x'.repeat(5000),
]

describe('the launcher of a service', () => {
  const start = ['vllm', 'serve', '{model}', '--port={port}', '{args}']
  it.each<[string, object, string[]]>([
    ['docker where nothing is said', {}, []],
    ['docker with all its keys', { image: 'a/b:c', container: 'x', gpus: [0], shm_size: '8g' }, []],
    ['launch-cluster by its folder', { launcher_dir: '/opt/x', mods: ['mods/a'], gpus: 'all' }, []],
    ['command by its commands', { commands: { start }, gpus: [0], env: { VLLM_X: '1' } }, []],
    ['mods with docker', { mods: ['mods/a'] }, ['mods LAUNCHER_KEY']],
    ['numbers of GPUs with launch-cluster', { ...CLUSTER, gpus: [0] }, ['gpus LAUNCHER_KEY']],
    ['shm_size with launch-cluster', { ...CLUSTER, shm_size: '8g' }, ['shm_size LAUNCHER_KEY']],
    [
      'both folder and commands',
      { launcher_dir: '~/x', commands: { start } },
      ['commands LAUNCHER_KEY'],
    ],
    [
      'a folder with launcher: docker',
      { launcher: 'docker', launcher_dir: '~/x' },
      ['launcher_dir LAUNCHER_KEY'],
    ],
    [
      'container, image and volumes with command',
      { commands: { start }, container: 'x', image: 'y', volumes: ['/a:/b'] },
      ['container LAUNCHER_KEY', 'image LAUNCHER_KEY', 'volumes LAUNCHER_KEY'],
    ],
    ['command without commands', { launcher: 'command' }, ['commands COMMAND_MISSING']],
    [
      'a command that cannot be told the model',
      { commands: { start: ['serve', '{port}'] } },
      ['commands.start COMMAND_PLACEHOLDER'],
    ],
    ['machines with docker', { nodes: ['spark-1', 'spark-2'] }, ['nodes.1 LAUNCHER_ONE_MACHINE']],
    [
      '~ in a volume of launch-cluster',
      { ...CLUSTER, volumes: ['~/a:/b'] },
      ['volumes.0 VOLUME_PATH'],
    ],
    [
      'a flag that is set elsewhere',
      { args: ['--max-model-len', '9'] },
      ['args.0 ARGUMENT_REFUSED'],
    ],
  ])('%s', (_, settings, mistakes) => {
    const found = checkSettings(
      {
        id: 'llm',
        host: 'spark-1',
        settings: Value.Default(Settings, settings) as Settings,
      },
      topology,
    )
    expect(found.map(({ at, code }) => `${at} ${code}`)).toEqual(mistakes)
  })

  it('does not take the default name of another service’s container', () => {
    const service = (id: string, settings: object) => [
      id,
      { id, kind: 'vllm', host: 'spark-1', settings: Value.Default(Settings, settings) },
    ]
    const mistakesOf = (first: object, second: object) => {
      const services = Object.fromEntries([service('one', first), service('two', second)])
      return ['one', 'two'].flatMap((id) =>
        checkSettings(services[id], { ...topology, services } as Topology).map(
          ({ at, code }) => `${id}.${at} ${code}`,
        ),
      )
    }
    expect(mistakesOf(CLUSTER, CLUSTER)).toEqual(['two.container CONTAINER_TAKEN'])
    expect(mistakesOf(CLUSTER, { container: 'vllm_node' })).toEqual([
      'one.container CONTAINER_TAKEN',
    ])
    expect(mistakesOf(CLUSTER, { ...CLUSTER, container: 'other' })).toEqual([])
    expect(mistakesOf(CLUSTER, { ...CLUSTER, manage: false })).toEqual([])
    expect(mistakesOf({}, {})).toEqual([])
  })
})

describe('hostile words in topology.yaml', () => {
  it.each(['container', 'image', 'launcher_dir'])('are refused as %s', (key) => {
    for (const word of HOSTILE) {
      const value = Value.Default(Settings, { [key]: word })
      expect([word, Value.Check(Settings, value)]).toEqual([word, false])
    }
  })

  it.each<[string, (word: string) => object]>([
    ['volumes', (word) => ({ volumes: [word] })],
    ['the host side of a volume', (word) => ({ volumes: [`${word}:/x`] })],
    ['the container side of a volume', (word) => ({ volumes: [`/srv/x:${word}`] })],
    ['what stands behind a volume', (word) => ({ volumes: [`/srv/x:/x:${word}`] })],
    ['shm_size', (word) => ({ shm_size: word })],
    ['mods', (word) => ({ mods: [word] })],
    ['gpus', (word) => ({ gpus: [word] })],
    ['launcher', (word) => ({ launcher: word })],
  ])('are refused as %s', (_, settings) => {
    for (const word of HOSTILE) {
      const value = Value.Default(Settings, settings(word))
      expect([word, Value.Check(Settings, value)]).toEqual([word, false])
    }
  })

  it.each(['/:/host', '/srv/../etc:/x', '/srv:/', 'srv:/x', '/srv:x', '/srv', '/srv:/x:rw,z'])(
    'a volume %j is refused',
    (volume) =>
      expect(Value.Check(Settings, Value.Default(Settings, { volumes: [volume] }))).toBe(false),
  )

  it.each<[string, (word: string) => object]>([
    ['the program of a command', (word) => ({ commands: { start: [word, '{model}', '{port}'] } })],
    ['args', (word) => ({ args: [word] })],
    ['a flag of args', (word) => ({ args: [`--${word}`] })],
  ])('are refused as %s, by the schema or by the check', (_, settings) => {
    for (const word of HOSTILE) {
      const value = Value.Default(Settings, settings(word)) as Settings
      const found = Value.Check(Settings, value) ? check(settings(word)) : ['by the schema']
      expect([word, found.length]).toEqual([word, 1])
    }
  })

  it('are refused as names clients use and as environment', () => {
    for (const word of HOSTILE.filter((each) => each !== 'x'.repeat(5000))) {
      expect([word, Value.Check(Settings, Value.Default(Settings, { serve_as: [word] }))]).toEqual([
        word,
        false,
      ])
      expect([
        word,
        Value.Check(Settings, Value.Default(Settings, { env: { [word]: '1' } })),
      ]).toEqual([word, false])
    }
    for (const word of HOSTILE.filter(
      (each) => !['', '--privileged', '../../etc/passwd', 'a/../b', '-v/:/host'].includes(each),
    )) {
      expect([
        word,
        Value.Check(Settings, Value.Default(Settings, { env: { VLLM_X: word } })),
      ]).toEqual([word, false])
    }
  })
})
