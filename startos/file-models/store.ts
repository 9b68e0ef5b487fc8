import { FileHelper, z } from '@start9labs/start-sdk'
import { sdk } from '../sdk.ts'

/** What the package itself remembers. A damaged value is an absent one, so that it can be set again. */
export const storeJson = FileHelper.json(
  { base: sdk.volumes.startos, subpath: 'store.json' },
  z.looseObject({
    /** The password of the https address; absent until it is set. */
    dashboardPassword: z.string().min(1).optional().catch(undefined),
  }),
)
