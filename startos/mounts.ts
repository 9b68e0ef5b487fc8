import { DATA } from './facts.ts'
import { sdk } from './sdk.ts'

/** What a container of the controller sees: its own data, nothing of the package's. */
export const dataMounts = () =>
  sdk.Mounts.of().mountVolume({
    volumeId: 'main',
    subpath: null,
    mountpoint: DATA,
    readonly: false,
  })
