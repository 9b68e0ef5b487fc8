import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KindFacts } from './load.ts'
import { ENGINE, KINDS } from './testing/kinds.ts'
import { HOSTS, loadGood, loadText } from './testing/load.ts'

describe('a topology without mistakes', () => {
  it('has every default filled in', () => {
    expect(loadGood(`${HOSTS}services:\n  llm: { kind: engine, host: spark-1 }`)).toEqual({
      cluster: 'cluster',
      listen: { host: '127.0.0.1', port: 9999 },
      access: { hosts: [], trusted_origins: [], trusted_proxies: [], tokens: [] },
      hosts: {
        'spark-1': {
          address: '192.168.1.101',
          user: 'alice',
          ssh: { port: 22 },
          model_dirs: [],
          container_runtime: 'docker',
          memory: 'auto',
          disk_low: '20g',
          local: false,
        },
        'spark-2': expect.objectContaining({ address: '192.168.1.102' }),
      },
      services: {
        llm: {
          id: 'llm',
          kind: 'engine',
          isDisabled: false,
          host: 'spark-1',
          port: 8888,
          request_timeout_ms: null,
          retries: 0,
          default: false,
          uses: ['spark-1'],
          runsOn: ['spark-1'],
          settings: {
            container: 'engine',
            manage: true,
            serve_as: [],
            env: {},
            mode: 'solo',
            drain: '30s',
            share: 0.9,
          },
        },
      },
      plugins: [],
      webhooks: [],
    })
  })

  it('takes every key there is', () => {
    const topology = loadGood(`
cluster: home
listen: { host: 0.0.0.0, port: 8080 }
access:
  hosts: [spark-control.lan]
  tokens: []
  trusted_origins: ["https://app.example.lan"]
  trusted_proxies: [10.0.3.1, fd00::/8]
hosts:
  here: { local: true }
  spark-1:
    address: 192.168.1.101
    user: alice
    ssh: { port: 2222, key: ~/.ssh/id_ed25519 }
    fabric: 169.254.1.11
    hf_home: ~/hf
    model_dirs: [/srv/models]
    container_runtime: podman
    memory: unified
services:
  llm:
    kind: engine
    host: spark-1
    port: 8001
    api_key: key-in-the-file
    user: bob
    request_timeout: 10m
    default: true
    nodes: [spark-1, here]
    gpus: [0, 1]
    env: { LEVEL: "1" }
    index: {}
    helper: { url: "http://192.168.1.9:7000" }
  redact: { kind: inside, rules: [names] }
  away: { kind: engine, url: "https://192.168.1.5:8443", container: other }
disabled: [away]
plugins: [./kinds/one, /opt/kinds/two]
webhooks: []
`)
    expect(topology.hosts.here?.address).toBe('127.0.0.1')
    expect(topology.hosts['spark-1']).toMatchObject({ ssh: { port: 2222 }, fabric: '169.254.1.11' })
    expect(topology.services.llm).toMatchObject({
      request_timeout_ms: 600_000,
      default: true,
      uses: ['spark-1', 'here'],
      settings: {
        index: { host: 'spark-1', port: 6333 },
        helper: { url: 'http://192.168.1.9:7000' },
      },
    })
    expect(topology.services.redact).not.toHaveProperty('port')
    expect(topology.services.away).toMatchObject({ isDisabled: true, uses: [] })
    expect(topology.services.away).not.toHaveProperty('port')
    expect(topology.plugins).toEqual(['/etc/spark/kinds/one', '/opt/kinds/two'])
  })

  it('may leave a key whose entries are all commented out', () => {
    expect(loadGood('cluster: home\nhosts:\n  # spark-1: {}\nservices:\n').hosts).toEqual({})
  })

  it('keeps services in the order of the file', () => {
    const text = `${HOSTS}services:\n  b: { kind: inside }\n  c: { kind: inside }\n  a: { kind: inside }`
    expect(Object.keys(loadGood(text).services)).toEqual(['b', 'c', 'a'])
  })

  it('is the same with Windows line ends and a byte-order mark', () => {
    const text = `${HOSTS}services:\n  llm: { kind: engine, host: spark-1 }\n`
    expect(loadGood(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(loadGood(text))
  })

  it('of one machine seen under two SSH ports may have one container name twice', () => {
    const text = `
hosts:
  one: { address: 127.0.0.1, user: alice, ssh: { port: 2201 } }
  two: { address: 127.0.0.1, user: alice, ssh: { port: 2202 } }
services:
  llm: { kind: engine, host: one, port: 1001 }
  llm-2: { kind: engine, host: two, port: 1002 }`
    expect(Object.keys(loadGood(text).services)).toHaveLength(2)
  })

  it('may list what clashes under disabled', () => {
    const text = `${HOSTS}services:
  llm: { kind: engine, host: spark-1, default: true }
  llm-2: { kind: engine, host: spark-1, default: true }
disabled: [llm-2]`
    expect(loadGood(text).services['llm-2']?.isDisabled).toBe(true)
  })

  it('may point several services at one shared server, and into one service', () => {
    const text = `${HOSTS}services:
  one: { kind: engine, host: spark-1, helper: { host: spark-2, port: 7 } }
  two: { kind: engine, host: spark-2, helper: { port: 7 } }
  three: { kind: plain, host: spark-2, port: 7 }`
    expect(Object.keys(loadGood(text).services)).toHaveLength(3)
  })
})

describe('a kind', () => {
  const load = (check: KindFacts['check'], text: string) =>
    loadText(HOSTS + text, { kinds: [{ ...ENGINE, ...(check && { check }) }] })

  it('whose own check breaks is a mistake that names the kind', () => {
    const { topology, diagnostics } = load(() => {
      throw new Error('oops')
    }, 'services: { llm: { kind: engine, host: spark-1 } }')
    expect(topology).toBeNull()
    expect(diagnostics).toMatchObject([{ code: 'KIND_CHECK_FAILED', path: 'services.llm' }])
    expect(diagnostics[0]?.message).toContain('"engine"')
  })

  it('may warn', () => {
    const warning = {
      at: 'container',
      code: 'ODD',
      message: 'is odd',
      severity: 'warning',
    } as const
    const { topology, diagnostics } = load(
      () => [warning],
      'services: { llm: { kind: engine, host: spark-1, container: odd } }',
    )
    expect(topology).not.toBeNull()
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'ODD', line: 5, column: 60 }])
  })

  it('is asked about sound services only, with a topology of sound parts', () => {
    const asked: string[] = []
    load(
      ({ id }, topology) => {
        asked.push(
          `${id} among ${Object.keys(topology.services)} on ${Object.keys(topology.hosts)}`,
        )
        return []
      },
      `  spark-3: { address: 8.8.8.8 }
services:
  llm: { kind: engine, host: spark-1 }
  llm-2: { kind: engine, host: spark-2, prot: 1 }`,
    )
    expect(asked).toEqual(['llm among llm on spark-1,spark-2'])
  })

  it('may use any schema', () => {
    const settings = Type.Object({
      either: Type.Union([
        Type.Object({ a: Type.Integer() }, { additionalProperties: false }),
        Type.Array(Type.String()),
      ]),
      pair: Type.Optional(Type.Tuple([Type.String(), Type.Integer()])),
    })
    const kinds = [{ kind: 'odd', place: 'controller' as const, settings }]
    const told = (text: string) =>
      loadText(`services: { it: { kind: odd, ${text} } }`, { kinds }).diagnostics.map(
        ({ path, message, hint }) => `${path}: ${message}${hint ? ` (${hint})` : ''}`,
      )
    expect(told('either: { a: 1 }')).toEqual([])
    expect(told('either: [x], pair: [a, 1]')).toEqual([])
    expect(told('either: { b: 1 }')).toEqual([
      'services.it.either.a: is missing; expected a whole number',
      'services.it.either.b: is not a key of services.it.either (keys here: a)',
    ])
    expect(told('either: 1')).toEqual([
      'services.it.either: is 1; expected a map of keys (a) or a list',
    ])
    expect(told('either: [x], pair: [a]')).toEqual([
      'services.it.pair: is a list; expected a list of 2 entries',
    ])
  })
})

describe('a folder of a kind that cannot be loaded', () => {
  it('is a mistake at its entry', () => {
    const { topology, diagnostics } = loadText('plugins: [./good, ./bad]', {
      brokenPlugins: [{ folder: '/etc/spark/bad', message: 'it has no index.ts' }],
    })
    expect(topology).toBeNull()
    expect(diagnostics).toMatchObject([
      {
        code: 'PLUGIN_BROKEN',
        path: 'plugins.1',
        column: 19,
        message: 'cannot be loaded: it has no index.ts',
      },
    ])
  })

  it('is not told again for each service of it', () => {
    const text = 'plugins: [./bad]\nservices:\n  it: { kind: bad }\n  other: { kind: worse }\n'
    const { diagnostics } = loadText(text, {
      brokenPlugins: [{ folder: '/etc/spark/bad', message: 'it has no index.ts' }],
    })
    expect(diagnostics.map(({ path }) => path)).toEqual(['plugins.0', 'services.other.kind'])
  })
})

describe('whatever the file holds', () => {
  it('is read without throwing, and a topology comes out only without errors', () => {
    const word = fc.constantFrom(
      ...['hosts', 'services', 'llm', 'kind', 'engine', 'host', 'spark-1', 'port', '8888', 'nodes'],
      ...[
        ': ',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '#',
        '\t',
        '&a',
        '*a',
        '!t',
        '|',
      ],
      ...[
        `\${env:WORD}`,
        '${',
        '~',
        'null',
        '__proto__',
        '---',
        '?',
        '<<',
        'é',
        '\ud83d\ude00',
        '\r\n',
      ],
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const { topology, diagnostics } = loadText(words.join(''), { kinds: KINDS })
        const hasError = diagnostics.some(({ severity }) => severity === 'error')
        expect(topology === null).toBe(hasError)
        for (const { line, column } of diagnostics) {
          expect(line).toBeGreaterThan(0)
          expect(column).toBeGreaterThan(0)
        }
        expect(new Set(diagnostics.map((d) => `${d.path} ${d.line}`)).size).toBe(diagnostics.length)
      }),
      { numRuns: 1000 },
    )
  })
})
