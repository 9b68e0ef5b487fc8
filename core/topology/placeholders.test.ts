import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KindFacts } from './load.ts'
import { ENGINE } from './testing/kinds.ts'
import { HOSTS, loadGood, loadText } from './testing/load.ts'

describe('a placeholder', () => {
  const value = (text: string) =>
    loadGood(`${HOSTS}services:\n  llm:\n    kind: engine\n    host: spark-1\n    ${text}`).services
      .llm

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
