import { sdk } from './sdk.ts'

/** Of the data, what can be made again: the simulated cluster, and what a running process left. */
export const LEFT_OUT = ['/sandbox', '/.incoming-*', '/state.db.lock', '/state.db.holder']

/**
 * Both volumes: topology, SSH key, known hosts, recipes of yours, the database and the keys of its
 * vault. So a backup holds a private key; StartOS encrypts backups with their password.
 */
export const chooseBackups = async () =>
  sdk.Backups.ofVolumes('main', 'startos').setOptions({ exclude: LEFT_OUT })

export const { createBackup, restoreInit } = sdk.setupBackups(chooseBackups)
