import { storeJson } from '../file-models/store.ts'
import { sdk } from '../sdk.ts'

/** Writes the store if there is none, and heals one that is damaged. */
export const seedStore = sdk.setupOnInit(async (effects) => {
  await storeJson.merge(effects, {})
})
