import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../catalog.ts'
import { judgeText } from '../check-file.ts'
import { thorough } from '../testing/thorough.ts'
import { importAll, type OldFiles } from './import-all.ts'

const catalog = await loadCatalog()
const HOSTS = 'SPARK1_HOST=192.168.1.101\nSPARK1_USER=alice\nSPARK2_HOST=192.168.1.102\n'

const take = (files: { env?: string; models?: string; overrides?: string }, set = {}) => {
  const named = Object.entries(files).map(([name, text]) => [name, { file: `old.${name}`, text }])
  return importAll(Object.fromEntries(named) as OldFiles, catalog, set)
}
const errorsOf = (text: string) =>
  judgeText('topology.yaml', text, catalog, {}).filter(({ severity }) => severity === 'error')

describe('the variables of the first Spark Control', () => {
  it('become hosts and services, each value with the variable it comes from', () => {
    const { topology, diagnostics } = take({
      env: `${HOSTS}SSH_USER=bob
SSH_KEY_PATH=/keys/id_ed25519
VLLM_PORT=8888
VLLM_CONTAINER=vllm_node
KOKORO_PORT=8880
PARAKEET_URL=http://192.168.1.102:8000
DISABLED_SERVICES=kokoro
MATRIX_BRIDGE_USER=
`,
    })
    expect(diagnostics).toEqual([])
    expect(errorsOf(topology)).toEqual([])
    for (const line of [
      '    user: alice # SPARK1_USER\n',
      '    user: bob # SSH_USER\n',
      '    port: 8888 # VLLM_PORT\n',
      '    container: vllm_node # VLLM_CONTAINER\n',
      '    host: spark-2 # PARAKEET_URL\n',
      '    nodes: [ spark-1, spark-2 ] # check: ',
      '    user: "" # MATRIX_BRIDGE_USER\n',
      'disabled: [ tts ] # DISABLED_SERVICES\n',
    ])
      expect(topology).toContain(line)
    expect(topology.match(/key: \/keys\/id_ed25519 # SSH_KEY_PATH/g)).toHaveLength(2)
  })

  it.each([
    ['SPARK_HOST=192.168.1.101\nSPARK_USER=alice', ['192.168.1.101']],
    ['SPARK_1_IP=192.168.1.101\nSPARK_2_IP=192.168.1.102', ['192.168.1.101', '192.168.1.102']],
    ['HEAD_IP=192.168.1.101\nWORKER_IP=192.168.1.102', ['192.168.1.101', '192.168.1.102']],
    ['SPARK_HOSTS=alice@192.168.1.101,bob@192.168.1.102', ['192.168.1.101', '192.168.1.102']],
    ['VLLM_HOST=192.168.1.103\nSSH_USER=alice', ['192.168.1.103']],
  ])('name machines in several ways: %j', (env, addresses) => {
    const { topology } = take({ env })
    const found = [...topology.matchAll(/address: (\S+)/g)].map(([, address]) => address)
    expect(found).toEqual(addresses)
    expect(errorsOf(topology)).toEqual([])
  })

  it('that nobody knows are told with their line and kept, without what may be a secret', () => {
    const { topology, remarks } = take({ env: `${HOSTS}FOO=3\nMY_TOKEN=zzz\nNOTE=hf_abc\n` })
    expect(remarks.map(({ line, text }) => [line, text])).toEqual([
      [4, 'not understood: FOO'],
      [5, 'not understood: MY_TOKEN'],
      [6, 'not understood: NOTE'],
    ])
    expect(topology).toContain('# not understood: FOO=3\n')
    expect(topology).toContain('# not understood: MY_TOKEN (its value stays in old.env:5)\n')
    expect(topology).not.toMatch(/zzz|hf_abc/)
  })

  it('with secrets become placeholders, in force only where they would be filled', () => {
    const env = `${HOSTS}HF_TOKEN=hf_verysecret\n`
    const there = take({ env }, { HF_TOKEN: 'x' })
    expect(there.topology).toMatch(/^ {4}hf_token: \$\{env:HF_TOKEN\}/m)
    const absent = take({ env })
    expect(absent.topology).toMatch(/^ {2}# hf_token: \$\{env:HF_TOKEN\}/m)
    expect(errorsOf(absent.topology)).toEqual([])
    expect(JSON.stringify([there, absent])).not.toContain('verysecret')
  })

  it.each([
    'PARAKEET_URL=http://alice:hidden1@192.168.1.102:8000',
    'SSH_KEY_PATH=LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUhidden1=',
    'SSH_KEY=hidden1',
    'X=Bearer hidden1',
    'X=http://192.168.1.1/?token=hidden1',
  ])('that hold a secret in a place of their own give nothing of it away: %s', (line) => {
    const result = take({ env: `${HOSTS}${line}\n` })
    expect(JSON.stringify(result)).not.toContain('hidden1')
    expect(result.remarks.map(({ text }) => text).join()).toContain(line.split('=')[0])
  })

  it('whose values the topology cannot have are left out, with the reason', () => {
    const env = 'SPARK1_HOST=8.8.8.8\nSPARK1_USER=alice\nVLLM_PORT=many\nVLLM_CONTAINER=-x\n'
    const { topology, checks, remarks } = take({ env })
    expect(errorsOf(topology)).toEqual([])
    expect(checks.join('\n')).toMatch(/left out: spark-1\.address: .*private range/)
    expect(remarks.map(({ line }) => line)).toEqual([3, 4])
    expect(topology).toContain('8.8.8.8')
  })
})

it('of nothing is a topology that names what is missing', () => {
  const { topology, checks } = take({ models: '' })
  expect(errorsOf(topology)).toEqual([])
  expect(checks[0]).toMatch(
    /services\.llm: says neither host nor url; name its machine under hosts/,
  )
})

it('goes on behind a line of the environment that says nothing, and tells of it without its words', () => {
  const env = 'SPARK1_HOST=192.168.1.101\n  hunter2 it is\n=x\nSPARK1_USER=alice\n'
  const { topology, diagnostics, remarks } = take({ env })
  expect(diagnostics).toEqual([])
  expect(topology).toMatch(/address: 192\.168\.1\.101[\s\S]*user: alice/)
  expect(topology).not.toContain('hunter2')
  expect(remarks).toMatchObject([
    { file: 'old.env', line: 2, column: 3, text: 'left out: the line is not NAME=value' },
    { file: 'old.env', line: 3, column: 1, text: 'left out: the line is not NAME=value' },
  ])
})

describe('mistakes of the files', () => {
  it.each([
    ['env', '\n nonsense here\n', 2, 2, /no line of the file/],
    ['env', 'A=1\nexport B="open\n', 2, 10, /not closed/],
    ['models', 'models:\n  a: [\n', 2, 7, /./],
    ['models', 'models:\n\ta: 1\n', 2, 1, /tab/],
    ['overrides', 'a: "x\n', 1, 4, /quote/],
    ['models', 'a:\n  b: 1\n  - c\n', 3, 1, /only a value can/],
    ['models', 'a: x: y\n', 1, 4, /only a value can/],
    ['models', 'a: %x\n', 1, 4, /cannot begin/],
    ['models', 'a: *b\n', 1, 1, /no anchor/],
    ['models', `a: \ufffd\n`, 1, 1, /UTF-8/],
  ])('are told with file, line and column: %s %j', (name, text, line, column, message) => {
    const { diagnostics, topology } = take({ [name]: text })
    expect(topology).toBe('')
    expect(diagnostics[0]).toMatchObject({ file: `old.${name}`, line, column })
    expect(diagnostics[0]?.message).toMatch(message)
  })

  it('include aliases that multiply without end', () => {
    const rows = Array.from(
      { length: 12 },
      (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
    )
    const { diagnostics } = take({ models: `a0: &a0 [x]\n${rows.join('\n')}\n` })
    expect(diagnostics).toMatchObject([{ code: 'YAML_ANCHOR' }])
  })
})

describe('models.yaml', () => {
  const MODELS = `
defaults: { gpu_memory_utilization: 0.7 }
models:
  a: { repo: Org/A, mode: solo, warm_prompt: hi, hook_token: abc123 }
  b: { repo: Org/B, tensor_parallel: 2 }
other: 1
`
  it('is laid under its overrides, by name or repository', () => {
    const overrides = 'a: { max_model_len: 8192 }\nOrg/B: { gpu_memory_utilization: 0.5 }\n'
    const { recipes } = take({ models: MODELS, overrides })
    expect(recipes.map(({ key }) => key)).toEqual(['Org--A', 'Org--B'])
    expect(recipes[0]?.text).toContain('gpu_memory_utilization: 0.7\nmax_model_len: 8192\n')
    expect(recipes[1]?.text).toContain('gpu_memory_utilization: 0.5\n')
  })

  it('keeps what was not understood beside the entry, secrets left out', () => {
    const { recipes, remarks, topology } = take({ models: MODELS })
    expect(recipes[0]?.text).toContain('# not understood: warm_prompt: "hi"\n')
    expect(recipes[0]?.text).toContain('# not understood: hook_token: (not repeated here)\n')
    expect(remarks.map(({ line, column, text }) => `${line}:${column} ${text}`)).toEqual([
      '4:33 a.warm_prompt: not understood; it is kept as a comment',
      '4:50 a.hook_token: not understood; it is kept as a comment',
      '6:1 not understood: other',
    ])
    expect(topology).toContain('# old.models:6 had other: 1\n')
  })

  it('that cannot be loaded are kept whole', () => {
    const { recipes, topology } = take({ models: 'a: { model: /models/x, solo: true, b: 1 }\n' })
    expect(recipes).toEqual([])
    expect(topology).toMatch(
      /# The model a of old\.models:\n# {3}model: "\/models\/x"\n# {3}solo: true\n# {3}b: 1\n/,
    )
  })

  it('is read as Python read it: as a list, with merges, with yes for true', () => {
    const text = '- &base { id: a, repo: Org/A, solo: yes }\n- { <<: *base, id: b, repo: Org/B }\n'
    const { recipes } = take({ models: text })
    expect(recipes.map(({ key }) => key)).toEqual(['Org--A', 'Org--B'])
    expect(recipes.every(({ text: recipe }) => recipe.includes('nodes: 1\n'))).toBe(true)
  })
})

describe('secrets in models.yaml', () => {
  const GIVEN = 'hf_hidden1hidden1'
  it.each([
    ['beside the entries', `hf_token: hidden1\nmodels: { a: { repo: Org/A, solo: true } }`],
    ['as an entry', `models: { a: { repo: Org/A, solo: true }, api_key: hidden1 }`],
    ['in a description', `a: { repo: Org/A, solo: true, notes: "Bearer hidden1" }`],
    ['in a variable', `a: { repo: Org/A, env: { VLLM_X: ${GIVEN} } }`],
    ['behind a flag', `a: { repo: Org/A, args: [--auth, ${GIVEN}, --x-key=hidden1] }`],
    ['on a line that cannot be read', `a: [\napi_key: hidden1 }`],
    ['behind another name on such a line', `a: {\nx: ${GIVEN} ]`],
  ])('are not repeated: %s', (_where, models) => {
    const result = take({ models })
    expect(JSON.stringify(result)).not.toContain('hidden1')
    expect(result.remarks.length + result.diagnostics.length).toBeGreaterThan(0)
  })

  it('are not repeated by the reason why the topology cannot have them', () => {
    const env = `${HOSTS}EMBEDDINGS_URL=https://example.org/v1?key=hidden1\n`
    const result = take({ env })
    expect(JSON.stringify(result)).not.toContain('hidden1')
    expect(result.checks.join()).toContain('embeddings.url: url cannot have its value')
  })
})

describe('whatever the files hold', () => {
  const known = [...catalog.kinds.values()].flatMap(({ plugin }) =>
    Object.values(plugin.imports?.variables ?? {}).flat(),
  )
  const machines = ['SPARK1_HOST', 'SPARK1_USER', 'SPARK2_IP', 'SSH_USER', 'SSH_PORT', 'HF_HOME']
  const name = fc.oneof(
    fc.constantFrom(...known, ...machines, 'SSH_KEY_PATH', 'DISABLED_SERVICES', 'PORT', 'HOST'),
    fc.stringMatching(/^[A-Z_]{1,12}$/).map((text) => `X_${text}`),
  )
  const value = fc.oneof(
    fc.constantFrom('8000', '192.168.1.101', 'http://192.168.1.102:8000/x', 'alice', '~/x', ''),
    fc.constantFrom(`\${HOME}/x`, 'kokoro,vllm', '[[[[', '! ! ! ! ! ! ! ! ! !', '8.8.8.8', 'x.lan'),
    fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n"'\ufffd\\]/g, '')),
  )
  const env = fc
    .array(fc.tuple(name, value), { maxLength: 24 })
    .map((pairs) => pairs.map(([key, text]) => `${key}='${text}'`).join('\n'))
  const field = fc.oneof(
    fc.constantFrom('repo', 'title', 'mode', 'command', 'args', 'tp', 'env', 'image', 'nodes'),
    fc.string({ maxLength: 12 }),
  )
  const models = fc
    .dictionary(fc.string({ maxLength: 12 }), fc.dictionary(field, fc.jsonValue(), { maxKeys: 6 }))
    .map((entries) => JSON.stringify({ models: entries }).replaceAll('\ufffd', ''))

  it('the topology is one our own parser takes, and every variable is told of', () => {
    const secret = fc.constantFrom(...known.filter((each) => /TOKEN|KEY/.test(each)), 'MY_SECRET')
    fc.assert(
      fc.property(env, models, secret, (variables, entries, of) => {
        const result = take({ env: `${variables}\n${of}=a-secret-value\n`, models: entries })
        // such as brackets by the hundred, which no parser of ours goes into
        if (result.diagnostics.length > 0) return
        expect(errorsOf(result.topology)).toEqual([])
        const told = JSON.stringify(result)
        expect(told).not.toContain('a-secret-value')
        for (const [each] of `${variables}\n${of}=`.matchAll(/^\w+(?==)/gm))
          expect(told).toContain(each)
      }),
      { numRuns: thorough(400, 20) },
    )
  })
})
