import { FileHelper } from '@start9labs/start-sdk'
import { sdk } from '../sdk.ts'

/**
 * topology.yaml as plain text: the helper for YAML drops comments, and only the controller's own
 * parser knows what is right. Read here, written by `replaceTopology` alone.
 */
export const topologyFile = FileHelper.string({ base: sdk.volumes.main, subpath: 'topology.yaml' })
