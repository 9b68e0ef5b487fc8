import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KindFacts } from './load.ts'
import { ENGINE, KINDS } from './testing/kinds.ts'
import { loadText } from './testing/load.ts'

const HOSTS = `
hosts:
  spark-1: { address: 192.168.1.101, user: alice }
  spark-2: { address: 192.168.1.102, user: alice }
`
const good = (text: string) => {
  const { topology, diagnostics } = loadText(text)
  expect(diagnostics).toEqual([])
  if (!topology) throw new Error('no topology')
  return topology
}

describe('a topology without mistakes', () => {
  it('has every default filled in', () => {
    expect(good(`${HOSTS}services:\n  llm: { kind: engine, host: spark-1 }`)).toEqual({
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
    const topology = good(`
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
    expect(good('cluster: home\nhosts:\n  # spark-1: {}\nservices:\n').hosts).toEqual({})
  })

  it('keeps services in the order of the file', () => {
    const text = `${HOSTS}services:\n  b: { kind: inside }\n  c: { kind: inside }\n  a: { kind: inside }`
    expect(Object.keys(good(text).services)).toEqual(['b', 'c', 'a'])
  })

  it('is the same with Windows line ends and a byte-order mark', () => {
    const text = `${HOSTS}services:\n  llm: { kind: engine, host: spark-1 }\n`
    expect(good(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(good(text))
  })

  it('of one machine seen under two SSH ports may have one container name twice', () => {
    const text = `
hosts:
  one: { address: 127.0.0.1, user: alice, ssh: { port: 2201 } }
  two: { address: 127.0.0.1, user: alice, ssh: { port: 2202 } }
services:
  llm: { kind: engine, host: one, port: 1001 }
  llm-2: { kind: engine, host: two, port: 1002 }`
    expect(Object.keys(good(text).services)).toHaveLength(2)
  })

  it('may list what clashes under disabled', () => {
    const text = `${HOSTS}services:
  llm: { kind: engine, host: spark-1, default: true }
  llm-2: { kind: engine, host: spark-1, default: true }
disabled: [llm-2]`
    expect(good(text).services['llm-2']?.isDisabled).toBe(true)
  })

  it('may point several services at one shared server, and into one service', () => {
    const text = `${HOSTS}services:
  one: { kind: engine, host: spark-1, helper: { host: spark-2, port: 7 } }
  two: { kind: engine, host: spark-2, helper: { port: 7 } }
  three: { kind: plain, host: spark-2, port: 7 }`
    expect(Object.keys(good(text).services)).toHaveLength(3)
  })
})

describe('a placeholder', () => {
  const value = (text: string) =>
    good(`${HOSTS}services:\n  llm:\n    kind: engine\n    host: spark-1\n    ${text}`).services.llm

  it('stands for a number or boolean where the key takes one', () => {
    expect(value(`port: \${env:ENGINE_PORT}`)?.port).toBe(8001)
    expect(value(`port: "\${env:ENGINE_PORT}"`)?.port).toBe(8001)
    expect(value(`port: 8\${env:EMPTY}02`)?.port).toBe(802)
    expect(value(`manage: \${env:WATCHED}`)?.settings.manage).toBe(false)
    expect(value(`gpus: ["\${env:ZERO:-0}", 1]`)?.settings.gpus).toEqual([0, 1])
  })

  it('stands for text where the key takes text', () => {
    expect(value(`env: { PORT: "\${env:ENGINE_PORT}" }`)?.settings.env).toEqual({ PORT: '8001' })
    expect(value(`api_key: \${file:/run/secrets/engine}`)?.api_key).toBe('key-from-a-file')
    expect(value(`env: { A: "x\${env:WORD}-\${env:WORD}y" }`)?.settings.env).toEqual({
      A: 'xeight-eighty',
    })
  })

  it('takes its default when the variable is missing or empty', () => {
    expect(value(`port: \${env:NONE:-8003}`)?.port).toBe(8003)
    expect(value(`port: \${env:EMPTY:-8004}`)?.port).toBe(8004)
    expect(value(`env: { A: "\${env:NONE:-}" }`)?.settings.env).toEqual({ A: '' })
  })

  it('is left alone behind a second dollar sign', () => {
    expect(value(`env: { A: "$\${env:WORD}" }`)?.settings.env).toEqual({ A: `\${env:WORD}` })
  })

  it('is not looked for in what a placeholder gave', () => {
    const { topology } = loadText(`cluster: \${env:A}`, { env: { A: `\${env:B}`, B: 'home' } })
    expect(topology).toBeNull()
  })
})

describe('secrets', () => {
  const secretsOf = (text: string) => [...loadText(HOSTS + text).secrets].sort()

  it('are what placeholders gave and what stands under a key for secrets', () => {
    expect(
      secretsOf(`services:
  llm:
    kind: engine
    host: spark-1
    api_key: Bearer \${env:ENGINE_KEY}
    token: token-in-the-file
    env: { A: "\${file:/run/secrets/engine}", B: "\${env:NONE:-shown-default}" }
    index: { api_key: index-key }`),
    ).toEqual([
      'Bearer key-from-the-environment',
      'index-key',
      'key-from-a-file',
      'key-from-the-environment',
      'token-in-the-file',
    ])
  })

  it('are not addresses, ports, hosts and words too short to hide', () => {
    expect(
      secretsOf(`services:
  llm:
    kind: engine
    host: \${env:HOST:-spark-1}
    port: \${env:ENGINE_PORT}
    helper: { url: "http://\${env:SPARK_IP}:7000" }
    manage: \${env:WATCHED}
    env: { A: "\${env:NONE:-}" }`),
    ).toEqual([])
  })

  it('are known although the file has mistakes', () => {
    const text = `services:\n  llm: { kind: nix, x: "\${env:ENGINE_KEY}" }`
    expect(secretsOf(text)).toEqual(['key-from-the-environment'])
  })

  it('are not told by the message of a kind or of the YAML parser', () => {
    const check: KindFacts['check'] = ({ settings }) => [
      { at: 'token', code: 'ODD', message: `is ${settings.token}`, hint: `not ${settings.token}` },
    ]
    const kinds = [{ ...ENGINE, check }]
    const told = (text: string) => JSON.stringify(loadText(HOSTS + text, { kinds }).diagnostics)
    const quoted = told('services: { llm: { kind: engine, host: spark-1, token: "sk-literal" } }')
    expect(quoted).toContain('is ••••••••••')
    expect(quoted).not.toContain('sk-literal')
    expect(told('token: "sk-literal" "sk-literal"')).not.toContain('sk-literal')
  })

  it('of whatever kind never come back in a diagnostic', () => {
    const key = fc.constantFrom('port', 'host', 'manage', 'mode', 'nodes', 'kind', 'container', 'x')
    const places = fc.constantFrom('services.llm', 'hosts.spark-1', 'listen', 'access')
    fc.assert(
      fc.property(key, places, (name, place) => {
        const [top = '', id] = place.split('.')
        const entry = `{ kind: engine, ${name}: "\${env:HIDDEN}" }`
        const text = id ? `${top}:\n  ${id}: ${entry}` : `${top}: ${entry}`
        const { diagnostics } = loadText(text, { env: { HIDDEN: 'must-not-be-seen' } })
        expect(diagnostics).not.toEqual([])
        expect(JSON.stringify(diagnostics)).not.toContain('must-not')
      }),
    )
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
      'services.it.either: is 1; expected a map of keys or a list',
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
