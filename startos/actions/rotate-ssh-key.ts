import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { readPublicKey, removeKeyPair } from '../ssh-key.ts'
import { result } from './result.ts'
import { showSshKey } from './show-ssh-key.ts'

const NEW_KEY_TASK = 'show-ssh-key'

export const rotateSshKey = sdk.Action.withoutInput(
  'rotate-ssh-key',
  {
    name: i18n('Replace SSH key'),
    description: i18n('Deletes the key of Spark Control; the next start makes a new one'),
    warning: i18n(
      'No machine can be reached until it knows the new key. The old one cannot be had back; take it out of authorized_keys on each machine',
    ),
    allowedStatuses: 'only-stopped',
    group: i18n('Access'),
    visibility: 'enabled',
  },
  async ({ effects }) => {
    if ((await readPublicKey()) === undefined)
      throw new Error(i18n('There is no key yet; it is made when the service starts'))
    await removeKeyPair()
    await sdk.action.createOwnTask(effects, showSshKey, 'important', {
      replayId: NEW_KEY_TASK,
      reason: i18n('Start the service, then let the new key in on each machine'),
    })
    return result(
      i18n('The key is deleted'),
      i18n('Start the service to make the new one, then show it and add it on each machine'),
    )
  },
)
