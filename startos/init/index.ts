import { actions } from '../actions/index.ts'
import { restoreInit } from '../backups.ts'
import { setDependencies } from '../dependencies.ts'
import { setInterfaces } from '../interfaces.ts'
import { sdk } from '../sdk.ts'
import { versionGraph } from '../versions/index.ts'
import { seedStore } from './seed-store.ts'
import { askForPassword, askForTopology } from './tasks.ts'

// A restore comes first, then the migration of what it brought.
export const init = sdk.setupInit(
  restoreInit,
  versionGraph,
  seedStore,
  setInterfaces,
  setDependencies,
  actions,
  askForPassword,
  askForTopology,
)

export const uninit = sdk.setupUninit(versionGraph)
