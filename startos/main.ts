import { DATA, IMAGE, IMAGE_USER, PROGRAM, UI_HOST, UI_PORT } from './facts.ts'
import { topologyFile } from './file-models/topology.ts'
import { lookAtController, lookAtTopology } from './health.ts'
import { hostNames } from './host-names.ts'
import { i18n } from './i18n/index.ts'
import { dataMounts } from './mounts.ts'
import { sdk } from './sdk.ts'

export const main = sdk.setupMain(async ({ effects }) => {
  // One that appears ends the sandbox, so the service begins anew; edits the controller sees itself.
  await topologyFile.read(() => true).const(effects)
  const names = await sdk.host.getOwn(effects, UI_HOST, hostNames).const()
  const proxy = await effects.getOsIp()
  const subcontainer = sdk.SubContainer.of(
    effects,
    { imageId: IMAGE },
    dataMounts(),
    'spark-control',
  )

  return sdk.Daemons.of(effects)
    .addOneshot('own-data', {
      subcontainer,
      // StartOS mounts the volume as root's; modes stay as they are, so the SSH key stays private.
      exec: { command: ['chown', '-R', IMAGE_USER, DATA], user: 'root' },
      requires: [],
    })
    .addDaemon('controller', {
      subcontainer,
      exec: {
        command: [
          ...PROGRAM,
          'start',
          ...['--data', DATA],
          ...['--host', '0.0.0.0'],
          ...['--port', `${UI_PORT}`],
          ...['--trust-proxy', proxy],
          ...(names.length > 0 ? ['--allow-host', names.join(',')] : []),
        ],
        // Without a topology of its own the controller would take one from the folder it stands in.
        cwd: DATA,
      },
      ready: {
        display: i18n('Dashboard'),
        fn: () => lookAtController(),
        gracePeriod: 30_000,
      },
      requires: ['own-data'],
    })
    .addHealthCheck('topology', {
      ready: { display: i18n('Cluster'), fn: () => lookAtTopology() },
      requires: ['controller'],
    })
})
