import { sdk } from './sdk.ts'

/** The machines are reached over the network: no other package is needed. */
export const setDependencies = sdk.setupDependencies(async () => ({}))
