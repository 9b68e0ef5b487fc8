import { UI_USER } from '../facts.ts'
import { storeJson } from '../file-models/store.ts'
import { i18n } from '../i18n/index.ts'
import { sdk } from '../sdk.ts'
import { result, single } from './result.ts'

const LEAST = 12
const MOST = 128
const RANDOM = { charset: 'a-z,A-Z,0-9', len: 24 }

/** Browsers disagree about other letters in a Basic login. */
const PRINTABLE = `^[!-~]{${LEAST},${MOST}}$`

const spec = sdk.InputSpec.of({
  password: sdk.Value.text({
    name: i18n('Password'),
    description: i18n('12 to 128 letters, digits and signs, without spaces and accents'),
    required: true,
    default: RANDOM,
    generate: RANDOM,
    masked: true,
    minLength: LEAST,
    maxLength: MOST,
    patterns: [
      {
        regex: PRINTABLE,
        description: i18n('12 to 128 letters, digits and signs, without spaces and accents'),
      },
    ],
  }),
})

export const setDashboardPassword = sdk.Action.withInput(
  'set-dashboard-password',
  {
    name: i18n('Set dashboard password'),
    description: i18n(
      'Whoever opens the https address signs in with the user name admin and this password',
    ),
    warning: i18n('The password before is no longer taken; programs that use it need the new one'),
    allowedStatuses: 'any',
    group: i18n('Access'),
    visibility: 'enabled',
  },
  spec,
  async () => null,
  async ({ effects, input: { password } }) => {
    // The form's own rules are checked by the browser alone.
    if (!new RegExp(PRINTABLE).test(password))
      throw new Error(
        i18n('The password needs 12 to 128 letters, digits and signs, without spaces and accents'),
      )
    await storeJson.merge(effects, { dashboardPassword: password })
    return result(i18n('The password is set'), i18n('Sign in at the https address with these'), {
      type: 'group',
      value: [
        { name: i18n('User name'), description: null, ...single(UI_USER) },
        { name: i18n('Password'), description: null, ...single(password, true) },
      ],
    })
  },
)
