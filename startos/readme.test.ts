import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createEffects } from './testing/effects.ts'
import { emptyVolumes, startos } from './testing/package.ts'

const { UI_INTERFACE, UI_PORT, DATA } = await import('./facts.ts')
const text = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const instructions = readFileSync(new URL('../instructions.md', import.meta.url), 'utf8')

/** The headings Start9 asks for, in their order. */
const HEADINGS = [
  'Image and Container Runtime',
  'Volume and Data Layout',
  'File Models',
  'Dependencies',
  'Network Access and Interfaces',
  'Installation and First-Run Flow',
  'Actions',
  'Tasks',
  'Health Checks',
  'Backups and Restore',
  'Limitations and Differences',
  'Quick Reference for AI Consumers',
]

describe('the README', () => {
  it('has the headings Start9 asks for, and no version', () => {
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
    expect(text).not.toContain(startos.manifest.version.split(':')[0])
  })

  it('says of the package what is there', async () => {
    emptyVolumes()
    const fake = createEffects()
    await startos.actions.init(fake.effects)
    const main = await startos.main({ effects: fake.effects })
    fake.leave()
    const entries = (main as unknown as { entries: { id: string }[] }).entries
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    expect(parse(block)).toEqual({
      package_id: startos.manifest.id,
      architectures: startos.manifest.images['spark-control']?.arch,
      image: Object.keys(startos.manifest.images).join(),
      volumes: { main: DATA, startos: null },
      ports: { ui: UI_PORT },
      interfaces: [UI_INTERFACE],
      dependencies: Object.keys(startos.manifest.dependencies),
      actions: fake.calls('action.export').map(({ id }) => id),
      health_checks: entries.map(({ id }) => id).filter((id) => id !== 'own-data'),
      environment: {},
    })
  })

  it('has a line for every action', async () => {
    const fake = createEffects()
    await startos.actions.init(fake.effects)
    for (const { id } of fake.calls<{ id: string }>('action.export'))
      expect(text).toContain(`| \`${id}\` |`)
  })
})

it('the instructions begin with the documentation and call the actions by their names', async () => {
  const fake = createEffects()
  await startos.actions.init(fake.effects)
  const names = fake
    .calls<{ metadata: { name: string } }>('action.export')
    .map(({ metadata }) => metadata.name)
  expect(instructions).toMatch(/^## Documentation\n/)
  const bold = [...instructions.matchAll(/\*\*([A-Z][^*]+)\*\*/g)].map(([, name]) => name ?? '')
  const elsewhere = ['Add machines', 'Hosts', 'Cluster'] // pages of the dashboard, and a health check
  expect(bold.filter((name) => !names.includes(name) && !elsewhere.includes(name))).toEqual([])
})
