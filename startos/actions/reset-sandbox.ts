import { rm } from 'node:fs/promises'
import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { result } from './result.ts'

export const resetSandbox = sdk.Action.withoutInput(
  'reset-sandbox',
  {
    name: i18n('Reset simulated cluster'),
    description: i18n('The simulated cluster begins anew; nothing of your own is touched'),
    warning: i18n('Everything done in the simulated cluster is lost'),
    allowedStatuses: 'only-stopped',
    group: i18n('Cluster'),
    visibility: 'enabled',
  },
  async () => {
    await rm(sdk.volumes.main.subpath('sandbox'), { recursive: true, force: true })
    return result(
      i18n('The simulated cluster is reset'),
      i18n('It is made anew when the service starts without a topology'),
    )
  },
)
