import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LAST_GOOD_FILE } from './topology/last-good.ts'
import { openTopologyFile } from './topology-file.ts'

const GOOD = 'cluster: first\nhosts: {}\nservices: {}\n'
const BAD = 'cluster: second\nhosts: {}\nservices: {}\nhoste: {}\n'

const logged: string[] = []
let folder: string
let file: string
beforeEach(() => {
  logged.length = 0
  folder = mkdtempSync(join(tmpdir(), 'topology-file-'))
  file = join(folder, 'topology.yaml')
})
afterEach(() => {
  delete process.env.TOPOLOGY_FILE_TEST
  rmSync(folder, { recursive: true, force: true })
})

/** As a new start of the controller sees it. */
const open = () =>
  openTopologyFile({
    file,
    dataDir: folder,
    clock: { now: () => 0, sleep: async () => {} },
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
  })
const write = (text: string): void => writeFileSync(file, text)

it('puts a sound file in force and says whether anything is new', async () => {
  write(GOOD)
  const topologyFile = open()
  expect(await topologyFile.read()).toBe(true)
  expect(topologyFile.inForce()?.topology.cluster).toBe('first')
  expect(topologyFile.view()).toMatchObject({ state: 'current', diagnostics: [] })
  write(`# a comment\n${GOOD}`)
  expect(await topologyFile.read()).toBe(false)
})

it('takes a changed variable for something new though the text is the same', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the topology
  write('cluster: "${env:TOPOLOGY_FILE_TEST:-first}"\nhosts: {}\nservices: {}\n')
  const topologyFile = open()
  await topologyFile.read()
  process.env.TOPOLOGY_FILE_TEST = 'second'
  expect(await topologyFile.read()).toBe(true)
  expect(topologyFile.inForce()?.topology.cluster).toBe('second')
})

it('keeps what is in force at a bad edit, shows the mistake, and forgets it when it is mended', async () => {
  write(GOOD)
  const topologyFile = open()
  await topologyFile.read()
  write(BAD)
  expect(await topologyFile.read()).toBe(false)
  expect(topologyFile.inForce()?.topology.cluster).toBe('first')
  expect(topologyFile.view()).toMatchObject({
    state: 'last_good',
    diagnostics: [{ line: 4, path: 'hoste' }],
  })
  expect(logged.join()).toContain('4:1 hoste: is not a key')
  write(GOOD)
  expect(await topologyFile.read()).toBe(false)
  expect(topologyFile.view()).toMatchObject({ state: 'current', diagnostics: [] })
})

it('keeps what is in force when the file goes away, and says that it is the last good version', async () => {
  write(GOOD)
  const topologyFile = open()
  await topologyFile.read()
  rmSync(file)
  expect(await topologyFile.read()).toBe(false)
  expect(topologyFile.inForce()?.topology.cluster).toBe('first')
  expect(topologyFile.view()).toMatchObject({
    state: 'last_good',
    diagnostics: [{ code: 'FILE_UNREADABLE' }],
  })
})

it('puts a sound file in force although no copy of it can be kept', async () => {
  mkdirSync(join(folder, LAST_GOOD_FILE))
  write(GOOD)
  const topologyFile = open()
  expect(await topologyFile.read()).toBe(true)
  expect(topologyFile.view()).toMatchObject({ state: 'current' })
  expect(logged.join()).toContain('could not be kept')
})

it.each([
  ['a bad file', () => write(BAD), 'hoste'],
  ['a missing file', () => rmSync(file), ''],
])('starts on the last good copy with %s', async (_what, spoil, path) => {
  write(GOOD)
  await open().read()
  spoil()
  const restarted = open()
  expect(await restarted.read()).toBe(true)
  expect(restarted.inForce()?.topology.cluster).toBe('first')
  expect(restarted.view()).toMatchObject({ state: 'last_good', diagnostics: [{ path }] })
})

it('has nothing in force where no version was ever good, and says what is wrong', async () => {
  const topologyFile = open()
  expect(await topologyFile.read()).toBe(false)
  expect(topologyFile.inForce()).toBeNull()
  expect(topologyFile.view()).toMatchObject({
    state: 'none',
    loaded_at: null,
    diagnostics: [{ code: 'FILE_UNREADABLE', message: 'there is no such file' }],
  })
})
