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
const { user: _, ...noUser } = host()
const topology = {
  hosts: { 'spark-1': host(), 'spark-2': host(), appliance: noUser },
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
    ['two machines, the host first', { nodes: ['spark-1', 'spark-2'] }, 'spark-1', []],
    [
      'another machine first',
      { nodes: ['spark-2', 'spark-1'] },
      'spark-1',
      ['nodes.0 HEAD_NOT_HOST'],
    ],
    ['a machine twice', { nodes: ['spark-1', 'spark-1'] }, 'spark-1', ['nodes.1 NODE_TWICE']],
    [
      'a machine without a user',
      { nodes: ['spark-1', 'appliance'] },
      'spark-1',
      ['nodes.1 MANAGE_NEEDS_SSH'],
    ],
    ['its own host without a user', {}, 'appliance', ['manage MANAGE_NEEDS_SSH']],
    ['the same, watched only', { manage: false }, 'appliance', []],
  ])('%s', (_, settings, hostId, mistakes) => {
    expect(check(settings, hostId)).toEqual(mistakes)
  })

  it.each(['/data/hf; reboot', '/data/my models', '/a/../b', '$(x)'])(
    'a host whose hf_home is %j cannot be launched on',
    (hf_home) => {
      const found = checkSettings(
        { id: 'llm', host: 'spark-1', settings: Value.Default(Settings, {}) as Settings },
        { hosts: { 'spark-1': host({ hf_home }) } } as unknown as Topology,
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

describe('hostile words in topology.yaml', () => {
  it.each(['container', 'image', 'launcher_dir'])('are refused as %s', (key) => {
    for (const word of HOSTILE) {
      const value = Value.Default(Settings, { [key]: word })
      expect([word, Value.Check(Settings, value)]).toEqual([word, false])
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
