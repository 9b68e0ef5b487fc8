import { buildManifest } from '@start9labs/start-sdk'
import { manifest as sdkManifest } from './manifest/index.ts'
import { versionGraph } from './versions/index.ts'

/** What StartOS calls: these six names and no other. */
export { actions } from './actions/index.ts'
export { createBackup } from './backups.ts'
export { init, uninit } from './init/index.ts'
export { main } from './main.ts'
export const manifest = buildManifest(versionGraph, sdkManifest)
