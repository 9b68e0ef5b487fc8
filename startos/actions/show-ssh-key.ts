import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { readPublicKey } from '../ssh-key.ts'
import { result, single } from './result.ts'

export const showSshKey = sdk.Action.withoutInput(
  'show-ssh-key',
  {
    name: i18n('Show SSH public key'),
    description: i18n('The key that lets Spark Control in; each machine has to know it'),
    warning: null,
    allowedStatuses: 'any',
    group: i18n('Access'),
    visibility: 'enabled',
  },
  async () => {
    const key = await readPublicKey()
    if (key === undefined)
      throw new Error(i18n('There is no key yet; it is made when the service starts'))
    return result(
      i18n('SSH public key'),
      i18n('Add this line to ~/.ssh/authorized_keys of the login user on each machine'),
      single(key),
    )
  },
)
