import { utils } from '@start9labs/start-sdk'
import { UI_HOST, UI_INTERFACE, UI_PORT, UI_USER } from './facts.ts'
import { storeJson } from './file-models/store.ts'
import { i18n } from './i18n/index.ts'
import { sdk } from './sdk.ts'

/**
 * One address for dashboard and API. StartOS asks for the password at the https address, since a page
 * that runs commands on other machines must not be open by accident; the plain address on the bridge,
 * for other packages, asks for none.
 */
export const setInterfaces = sdk.setupInterfaces(async ({ effects }) => {
  const password = await storeJson.read((store) => store.dashboardPassword).const(effects)
  const host = sdk.MultiHost.of(effects, UI_HOST)
  const origin = await host.bindPort(UI_PORT, {
    protocol: 'http',
    preferredExternalPort: UI_PORT,
    addSsl: {
      auth: {
        type: 'basic',
        // Until one is set a critical task keeps the service from starting. Should anything answer
        // all the same, nobody knows this one.
        credentials: [{ username: UI_USER, password: password ?? unknown() }],
        realm: null,
      },
    },
  })
  const ui = sdk.createInterface(effects, {
    id: UI_INTERFACE,
    name: i18n('Dashboard and API'),
    description: i18n('The dashboard of the cluster, and the API under the same address'),
    type: 'ui',
    masked: false,
    schemeOverride: null,
    username: null,
    path: '',
    query: {},
  })
  return [await origin.export([ui])]
})

const unknown = (): string => utils.getDefaultString({ charset: 'a-z,A-Z,0-9', len: 48 })
