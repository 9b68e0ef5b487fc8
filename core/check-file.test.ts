import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadCatalog } from './catalog.ts'
import { checkFile, judgeText, kindFacts } from './check-file.ts'
import { topologyJsonSchema } from './topology/editor-schema.ts'

it('keeps topology.schema.json as `npm run schema` writes it', async () => {
  const fresh = topologyJsonSchema(kindFacts(await loadCatalog()))
  const kept = readFileSync(new URL('../topology.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(kept)).toEqual(JSON.parse(JSON.stringify(fresh)))
})

it('says how many hosts and services a sound file has', async () => {
  const text = 'cluster: c\nhosts:\n  a: { address: 10.0.0.1 }\nservices: {}\n'
  expect(await checkFile('t.yaml', text)).toEqual({
    text: 't.yaml: fine (1 host, 0 services)\n',
    isValid: true,
  })
})

it('says it to programs as JSON, with place and way out', async () => {
  const bad = 'hosts:\n  a: { adress: 10.0.0.1 }\nservices: {}\n'
  const { text, isValid } = await checkFile('t.yaml', bad, true)
  expect(isValid).toBe(false)
  expect(JSON.parse(text)).toMatchObject({
    is_valid: false,
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ line: 2, column: 8, hint: expect.stringContaining('address') }),
    ]),
  })
})

it('takes a folder under plugins that cannot be loaded for a mistake of the file', async () => {
  const text =
    'cluster: c\nplugins: [./nowhere]\nhosts:\n  a: { address: 10.0.0.1 }\nservices: {}\n'
  const { text: report, isValid } = await checkFile('/tmp/t.yaml', text)
  expect(isValid).toBe(false)
  expect(report).toContain('/tmp/nowhere')
})

it('loads no code and reads no file for a text that somebody sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  const canary = join(folder, 'canary')
  mkdirSync(join(folder, 'evil'))
  writeFileSync(
    join(folder, 'evil', 'index.ts'),
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(canary)}, '')\nexport default {}\n`,
  )
  writeFileSync(join(folder, 'secret'), 'hunter22')
  const text = [
    `cluster: c`,
    `plugins: [${join(folder, 'evil')}]`,
    `hosts:\n  a: { address: "\${file:${join(folder, 'secret')}}" }`,
    'services: {}\n',
  ].join('\n')
  const said = JSON.stringify(judgeText('t.yaml', text, await loadCatalog()))
  expect(existsSync(canary)).toBe(false)
  expect(said).not.toContain('hunter22')
  expect(said).toContain('hosts.a.address')
  rmSync(folder, { recursive: true })
})
