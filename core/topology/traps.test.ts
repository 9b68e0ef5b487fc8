import { describe, expect, it } from 'vitest'
import { MAX_TOPOLOGY_BYTES } from './decode.ts'
import { loadText } from './testing/load.ts'

const codes = (text: string | Uint8Array): string[] =>
  loadText(text).diagnostics.map(({ code }) => code)
/** Fills the largest file that is read. */
const full = (piece: string, head = ''): string =>
  head + piece.repeat(Math.floor((MAX_TOPOLOGY_BYTES - head.length) / piece.length))
const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n')

describe('a file that is no topology', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['of 5 MB', 'a: 1\n'.repeat(1024 ** 2), 'FILE_TOO_LARGE'],
    ['one byte too long', ' '.repeat(MAX_TOPOLOGY_BYTES + 1), 'FILE_TOO_LARGE'],
    ['of blank lines', full('\n'), 'FILE_EMPTY'],
    ['that is UTF-16', Buffer.from('\ufeffcluster: home', 'utf16le'), 'FILE_NOT_UTF8'],
    ['that is Latin-1', Buffer.from('cluster: caf\u00e9', 'latin1'), 'FILE_NOT_UTF8'],
    ['that was read as UTF-8 and is not', 'cluster: caf\ufffd', 'FILE_NOT_UTF8'],
    ['of opening brackets', full('['), 'YAML_TOO_DEEP'],
    ['of opening braces', full('{'), 'YAML_TOO_DEEP'],
    ['of dashes', full('- '), 'YAML_TOO_DEEP'],
    ['of question marks', full('? '), 'YAML_TOO_DEEP'],
    ['of tabs', full('\ta: 1\n'), 'YAML_TAB'],
    ['of quotes', full('"\n'), 'YAML_SYNTAX'],
    ['of colons', full(', :\n'), 'YAML_SYNTAX'],
    ['of open lists', full('a: [\n'), 'YAML_TOO_DEEP'],
    ['of documents', full('---\n'), 'YAML_SEVERAL_DOCUMENTS'],
    ['of tags', full('!x ', 'a: '), 'YAML_TAG'],
    ['of tags and lines', full('!x\n ', 'a: '), 'YAML_TAG'],
    ['of one tag', full('!', 'a: '), 'YAML_SYNTAX'],
    ['of brackets in one line', full('[]', 'a: '), 'YAML_SYNTAX'],
    ['of anchors in one line', full('&a ', 'a: '), 'YAML_SYNTAX'],
    ['of quotes in one line', full('""', 'a: '), 'YAML_SYNTAX'],
    ['of half placeholders', full('{${', 'a: ]'), 'YAML_TOO_DEEP'],
    ['of NUL bytes and tags', full('\0!'), 'YAML_CHARACTER'],
    ['of NUL bytes', full('\0'), 'YAML_CHARACTER'],
    ['of unknown keys', many(4000, (n) => `key-${n}: 1`), 'TOO_MANY_MISTAKES'],
    ['of anchors', full('- &a x\n'), 'YAML_ANCHOR'],
    ['of aliases', full('- *a\n', '- &a x\n'), 'YAML_ANCHOR'],
    ['of numbers', full('1,', 'cluster: ['), 'YAML_SYNTAX'],
  ])('%s is answered', (_, text, code) => {
    expect(codes(text)).toContain(code)
  })

  it('that is an alias bomb is answered, and nothing is multiplied', () => {
    const levels = many(30, (n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(',')}]`)
    const { topology, diagnostics } = loadText(`l0: &l0 boom\n${levels}\n`)
    expect(topology).toBeNull()
    expect(diagnostics.some(({ code }) => code === 'YAML_ANCHOR')).toBe(true)
    expect(JSON.stringify(diagnostics).length).toBeLessThan(200_000)
  })

  it('is not refused for too many warnings', () => {
    const services = many(150, (n) => `  s${n}: { kind: plain, url: "http://s${n}.lan:${n + 1}" }`)
    const { topology, diagnostics } = loadText(`services:\n${services}`)
    expect(topology).not.toBeNull()
    expect(diagnostics).toHaveLength(100)
  })

  it('lists a bounded number of mistakes and says that there are more', () => {
    const { diagnostics } = loadText(`services:\n${many(1500, (n) => `  s${n}: { kind: nix }`)}`)
    expect(diagnostics).toHaveLength(101)
    expect(diagnostics[0]?.code).toBe('TOO_MANY_MISTAKES')
  })
})

describe('a large topology', () => {
  it('of a thousand services is read whole', () => {
    const services = many(1000, (n) => `  s${n}: { kind: plain, host: spark-1, port: ${n + 1} }`)
    const { topology, diagnostics } = loadText(
      `hosts:\n  spark-1: { address: 192.168.1.101 }\nservices:\n${services}\n`,
    )
    expect(diagnostics).toEqual([])
    expect(Object.keys(topology?.services ?? {})).toHaveLength(1000)
  })
})

describe('names with a meaning in JavaScript', () => {
  it.each(['toString', 'valueOf', 'hasOwnProperty'])('%s is no host that exists', (name) => {
    const { topology, diagnostics } = loadText(
      `hosts: {}\nservices: { llm: { kind: engine, host: ${name} } }`,
    )
    expect(topology).toBeNull()
    expect(diagnostics.map(({ code }) => code)).toEqual(['HOST_UNKNOWN'])
  })

  it('are found neither among hosts nor among services', () => {
    const { topology } = loadText('cluster: home')
    expect(topology?.hosts.constructor).toBeUndefined()
    expect(topology?.services.toString).toBeUndefined()
  })

  it('are kinds nobody has', () => {
    const { diagnostics } = loadText('services: { llm: { kind: constructor, host: spark-1 } }')
    expect(diagnostics.map(({ code }) => code)).toEqual(['KIND_UNKNOWN'])
  })
})
