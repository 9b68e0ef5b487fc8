import { topologyFile } from '../file-models/topology.ts'
import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { result, single } from './result.ts'

export const showTopology = sdk.Action.withoutInput(
  'show-topology',
  {
    name: i18n('Show topology'),
    description: i18n('The topology.yaml that describes your machines and services, as it stands'),
    warning: null,
    allowedStatuses: 'any',
    group: i18n('Cluster'),
    visibility: 'enabled',
  },
  async () => {
    const text = await topologyFile.read().once()
    if (text === null)
      throw new Error(i18n('There is no topology yet; set one, or add machines in the dashboard'))
    return result('topology.yaml', null, single(text))
  },
)
