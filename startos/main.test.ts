import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEffects, type FakeEffects } from './testing/effects.ts'
import { emptyVolumes, fileOf, startos } from './testing/package.ts'

let fake: FakeEffects
beforeEach(emptyVolumes)
afterEach(() => fake.leave())

const name = (kind: string, hostname: string) => ({ hostname, metadata: { kind } })

/** A host as StartOS describes it, opened under these names. */
const hostUnder = (...available: object[]) => ({
  bindings: {
    9999: {
      addresses: { enabled: [], disabled: [], guaWan: [], available },
      interfaces: {
        ui: { id: 'ui', addressInfo: { hostId: 'ui', internalPort: 9999, suffix: '' } },
      },
    },
  },
})

const begin = async (host: unknown = null) => {
  fake = createEffects({ host })
  const daemons = (await startos.main({ effects: fake.effects })) as unknown as {
    entries: {
      id: string
      requires: string[]
      exec?: { command: string[]; user?: string; cwd?: string }
      subcontainer?: { imageId: string }
    }[]
  }
  return daemons.entries
}
const controllerOf = (entries: Awaited<ReturnType<typeof begin>>) =>
  entries.find(({ id }) => id === 'controller')

describe('the service', () => {
  it('makes the data its own as root, then runs the controller as the user of the image', async () => {
    const [own, controller, ...checks] = await begin()
    expect(own).toMatchObject({
      id: 'own-data',
      exec: { command: ['chown', '-R', '1000:1000', '/data'], user: 'root' },
    })
    expect(controller).toMatchObject({ id: 'controller', requires: ['own-data'] })
    expect(controller?.exec?.user).toBeUndefined()
    expect(controller?.subcontainer?.imageId).toBe('spark-control')
    expect(checks.map(({ id }) => id)).toEqual(['topology'])
  })

  it('listens for StartOS, keeps its state in the volume and trusts the proxy in front', async () => {
    const command = controllerOf(await begin())?.exec?.command.join(' ')
    expect(command).toMatch(
      / start --data \/data --host 0\.0\.0\.0 --port 9999 --trust-proxy 10\.0\.3\.1$/,
    )
  })

  it('answers to the names StartOS gives it', async () => {
    const domain = { ...name('private-domain', 'Spark.Home'), ssl: true, public: false, port: 443 }
    const ip = { ...name('ipv4', '192.168.1.5'), ssl: true, public: false, port: 443 }
    const command = controllerOf(await begin(hostUnder(domain, ip)))?.exec?.command
    expect(command?.slice(-2)).toEqual(['--allow-host', 'spark.home'])
  })

  it('begins anew when a topology appears, which ends the sandbox', async () => {
    fake = createEffects()
    const again = new Promise<void>((resolve) => {
      fake.effects.constRetry = resolve
    })
    await startos.main({ effects: fake.effects })
    writeFileSync(fileOf('main', 'topology.yaml'), 'cluster: home\n')
    await again
  })
})
