import { setDashboardPassword } from '../actions/set-dashboard-password.ts'
import { setTopology } from '../actions/set-topology.ts'
import { storeJson } from '../file-models/store.ts'
import { topologyFile } from '../file-models/topology.ts'
import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'

const PASSWORD_TASK = 'set-dashboard-password'
const TOPOLOGY_TASK = 'set-topology'

/** Critical: the service does not start before there is one. */
export const askForPassword = sdk.setupOnInit(async (effects) => {
  const isSet = await storeJson
    .read((store) => store.dashboardPassword !== undefined)
    .const(effects)
  if (isSet) await sdk.action.clearTask(effects, PASSWORD_TASK)
  else
    await sdk.action.createOwnTask(effects, setDashboardPassword, 'critical', {
      replayId: PASSWORD_TASK,
      reason: i18n('The dashboard runs commands on your machines, so it asks who you are'),
    })
})

/** Important: until there is one a simulated cluster is shown. The dashboard can write it as well. */
export const askForTopology = sdk.setupOnInit(async (effects) => {
  const isThere = await topologyFile.read(() => true).const(effects)
  if (isThere) await sdk.action.clearTask(effects, TOPOLOGY_TASK)
  else
    await sdk.action.createOwnTask(effects, setTopology, 'important', {
      replayId: TOPOLOGY_TASK,
      reason: i18n('Until you describe your machines, a simulated cluster is shown'),
    })
})
