import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Called, createEffects, type FakeEffects } from '../testing/effects.ts'
import { emptyVolumes, fileOf, startos } from '../testing/package.ts'

let fake: FakeEffects
beforeEach(() => {
  emptyVolumes()
  fake = createEffects()
})
afterEach(() => fake.leave())

const init = (kind: 'install' | 'restore' | 'update' | null) =>
  startos.init({ effects: fake.effects, kind })
const tasks = () =>
  fake
    .calls<{ replayId: string; severity: string }>('action.createTask')
    .map(({ replayId, severity }) => `${severity} ${replayId}`)
const cleared = () => fake.calls<{ only: string[] }>('action.clearTasks').flatMap((t) => t.only)
const clears =
  (task: string) =>
  ({ name, args }: Called) =>
    name === 'action.clearTasks' && (args as { only: string[] }).only.includes(task)
const write = (volume: 'main' | 'startos', name: string, text: string) => {
  mkdirSync(dirname(fileOf(volume, name)), { recursive: true })
  writeFileSync(fileOf(volume, name), text)
}
const bound = () => fake.calls<Bound>('bind').at(-1)
interface Bound {
  addSsl: { auth: { type: string; credentials: { username: string; password: string }[] } }
}

describe('an installation', () => {
  it('asks for a password before it starts, and for a topology', async () => {
    await init('install')
    expect(tasks()).toEqual(['critical set-dashboard-password', 'important set-topology'])
    expect(readFileSync(fileOf('startos', 'store.json'), 'utf8').trim()).toBe('{}')
    expect(fake.calls('setDataVersion')).toEqual([{ version: startos.manifest.version }])
  })

  it('leaves the topology to its owner: none is made up', async () => {
    await init('install')
    expect(existsSync(fileOf('main', 'topology.yaml'))).toBe(false)
  })

  it('offers one interface, its https address behind a login nobody knows yet', async () => {
    await init('install')
    expect(fake.calls('bind')).toEqual([
      expect.objectContaining({ id: 'ui', internalPort: 9999, secure: null }),
    ])
    expect(bound()?.addSsl).toMatchObject({
      addXForwardedHeaders: true,
      auth: { type: 'basic', credentials: [{ username: 'admin' }] },
    })
    const [{ password = '' } = {}] = bound()?.addSsl.auth.credentials ?? []
    expect(password).toMatch(/^[A-Za-z0-9]{48}$/)
    expect(fake.calls('exportServiceInterface')).toEqual([
      expect.objectContaining({ id: 'ui', type: 'ui', masked: false }),
    ])
    expect(fake.calls('clearBindings')).toEqual([{ except: [{ id: 'ui', internalPort: 9999 }] }])
    expect(fake.calls('setDependencies')).toEqual([{ dependencies: [] }])
  })

  it('offers the actions it has', async () => {
    await init('install')
    const ids = fake.calls('action.export').map(({ id }) => id)
    expect(ids).toEqual([
      'set-dashboard-password',
      'set-topology',
      'show-topology',
      'show-ssh-key',
      'rotate-ssh-key',
      'import-recipes',
      'reset-sandbox',
    ])
    expect(fake.calls('action.clear')).toEqual([{ except: ids }])
  })
})

describe('afterwards', () => {
  beforeEach(() => init('install'))

  it('a password that is set closes its task and opens the https address to it', async () => {
    const closed = fake.next(clears('set-dashboard-password'))
    const opened = fake.next(({ name }) => name === 'bind')
    write('startos', 'store.json', '{ "dashboardPassword": "correct-horse-9" }')
    await closed
    await opened
    expect(bound()?.addSsl.auth.credentials).toEqual([
      { username: 'admin', password: 'correct-horse-9' },
    ])
  })

  it('a topology closes its task, whoever wrote it', async () => {
    const closed = fake.next(clears('set-topology'))
    write('main', 'topology.yaml', 'cluster: home\n')
    await closed
  })
})

describe('a restore', () => {
  /** Brings the volumes of a backup, in the place of rsync, which StartOS has. */
  async function restoreWith(bring: () => void) {
    const { restoreInit } = await import('../backups.ts')
    const { init: real } = restoreInit
    restoreInit.init = async (effects, kind) => {
      if (kind !== 'restore') return
      bring()
      await effects.setDataVersion({ version: '0.9.0:2' })
    }
    await init('restore').finally(() => {
      restoreInit.init = real
    })
  }

  it('asks for nothing a backup brought, and then brings it up to this version', async () => {
    await restoreWith(() => {
      write('main', 'topology.yaml', '# mine\ncluster: home\n')
      write('main', 'ssh/id_ed25519', 'PRIVATE-HALF')
      write('startos', 'store.json', '{ "dashboardPassword": "correct-horse-9" }')
    })
    expect(tasks()).toEqual([])
    expect(fake.calls<{ version: string }>('setDataVersion').at(-1)).toEqual({
      version: startos.manifest.version,
    })
    expect(bound()?.addSsl.auth.credentials).toEqual([
      { username: 'admin', password: 'correct-horse-9' },
    ])
    expect(readFileSync(fileOf('main', 'ssh/id_ed25519'), 'utf8')).toBe('PRIVATE-HALF')
    expect(readFileSync(fileOf('main', 'topology.yaml'), 'utf8')).toContain('# mine')
  })

  it('of a backup before the first topology asks for one again', async () => {
    await restoreWith(() =>
      write('startos', 'store.json', '{ "dashboardPassword": "correct-horse-9" }'),
    )
    expect(tasks()).toEqual(['important set-topology'])
  })
})

describe('a restart', () => {
  it('changes nothing and asks for nothing that is there', async () => {
    const text = '# mine\ncluster:   home # left\n'
    write('main', 'topology.yaml', text)
    write('startos', 'store.json', '{ "dashboardPassword": "correct-horse-9" }')
    fake = createEffects({ dataVersion: startos.manifest.version })
    await init(null)
    await init(null)
    expect(tasks()).toEqual([])
    expect(cleared()).toEqual(expect.arrayContaining(['set-dashboard-password', 'set-topology']))
    expect(readFileSync(fileOf('main', 'topology.yaml'), 'utf8')).toBe(text)
    expect(JSON.parse(readFileSync(fileOf('startos', 'store.json'), 'utf8'))).toEqual({
      dashboardPassword: 'correct-horse-9',
    })
  })

  it.each(['{ "dashboardPassword": 7 }', '{ "dashboardPassword": "" }'])(
    'with a store of %s asks for the password again',
    async (text) => {
      write('startos', 'store.json', text)
      fake = createEffects({ dataVersion: startos.manifest.version })
      await init(null)
      expect(tasks()).toContain('critical set-dashboard-password')
    },
  )
})
