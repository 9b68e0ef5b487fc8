import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ImportFlags, importOld } from './import-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'))
  writeFileSync(join(folder, 'models.yaml'), 'a: { repo: Org/A, solo: true, colour: red }\n')
  writeFileSync(join(folder, '.env'), 'SPARK_HOST=192.168.1.101\nSPARK_USER=alice\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = async (more: Partial<ImportFlags> = {}) => {
  const said = { print: '', note: '' }
  const flags: ImportFlags = {
    ...{ models: join(folder, 'models.yaml'), env: join(folder, '.env') },
    ...{ out: join(folder, 'topology.yaml'), data: join(folder, 'data') },
    ...{ force: false, dryRun: false },
    ...more,
  }
  const isDone = await importOld(flags, (file) => readFile(file, 'utf8'), {
    print: (text) => {
      said.print += text
    },
    note: (text) => {
      said.note += text
    },
  })
  return { isDone, ...said }
}
const topology = () => readFileSync(join(folder, 'topology.yaml'), 'utf8')
const recipe = () => readFileSync(join(folder, 'data/recipes/vllm/Org--A.yaml'), 'utf8')

describe('an import', () => {
  it('writes the topology and the settings of models, and tells what was not understood', async () => {
    const { isDone, note } = await run()
    expect(isDone).toBe(true)
    expect(topology()).toContain('address: 192.168.1.101 # SPARK_HOST\n')
    expect(recipe()).toContain('repo: Org/A\n')
    expect(recipe()).toContain('gpu_memory_utilization: 0.8 # check: ')
    expect(note).toContain('1 host, 2 services, settings of 1 model\n')
    expect(note).toContain('models.yaml:1:31  a.colour: not understood')
    expect(note).toContain(`written ${join(folder, 'topology.yaml')}\n`)
  })

  it('prints instead on a dry run', async () => {
    const { print } = await run({ dryRun: true })
    expect(print).toMatch(
      /# --- .*topology\.yaml\n[\s\S]*# --- .*Org--A\.yaml\n[\s\S]*repo: Org\/A\n/,
    )
    expect(readdirSync(folder).sort()).toEqual(['.env', 'models.yaml'])
  })

  it('replaces nothing unless told to, and then keeps what was there, however often', async () => {
    writeFileSync(join(folder, 'topology.yaml'), 'mine')
    await expect(run()).rejects.toMatchObject({ code: 'TOPOLOGY_EXISTS' })
    expect(topology()).toBe('mine')
    expect(readdirSync(folder)).not.toContain('data')
    await run({ force: true })
    writeFileSync(join(folder, 'topology.yaml'), 'mine again')
    await run({ force: true })
    const kept = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect([kept('topology.yaml.bak'), kept('topology.yaml.bak-2')]).toEqual(['mine', 'mine again'])
    // what is there as it would be written is no reason to refuse, nor to keep a copy
    const { note } = await run()
    expect(note).not.toMatch(/^(written|kept)/m)
  })

  it('writes nothing for files with mistakes, and shows each with line and column', async () => {
    writeFileSync(join(folder, '.env'), 'A=1\nB="open\n')
    const { isDone, print } = await run()
    expect(isDone).toBe(false)
    expect(print).toContain('.env:2:3  a quote that is opened')
    expect(readdirSync(folder)).not.toContain('topology.yaml')
  })

  it('asks for a file to import', async () => {
    const none = { models: undefined, env: undefined } as unknown as Partial<ImportFlags>
    await expect(run(none)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
