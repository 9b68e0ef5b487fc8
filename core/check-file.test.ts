import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadCatalog } from './catalog.ts'
import { checkFile, kindFacts } from './check-file.ts'
import { topologyJsonSchema } from './topology/editor-schema.ts'

it('keeps topology.schema.json as `npm run schema` writes it', async () => {
  const fresh = topologyJsonSchema(kindFacts(await loadCatalog()))
  const kept = readFileSync(new URL('../topology.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(kept)).toEqual(JSON.parse(JSON.stringify(fresh)))
})

it('says how many hosts and services a sound file has', async () => {
  const text = 'cluster: c\nhosts:\n  a: { address: 10.0.0.1 }\nservices: {}\n'
  expect(await checkFile('t.yaml', text)).toEqual({
    text: 't.yaml: fine (1 hosts, 0 services)\n',
    isValid: true,
  })
})

it('takes a folder under plugins that cannot be loaded for a mistake of the file', async () => {
  const text =
    'cluster: c\nplugins: [./nowhere]\nhosts:\n  a: { address: 10.0.0.1 }\nservices: {}\n'
  const { text: report, isValid } = await checkFile('/tmp/t.yaml', text)
  expect(isValid).toBe(false)
  expect(report).toContain('/tmp/nowhere')
})
