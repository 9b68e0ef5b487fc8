import { sdk } from '../sdk.ts'
import { importRecipes } from './import-recipes.ts'
import { resetSandbox } from './reset-sandbox.ts'
import { rotateSshKey } from './rotate-ssh-key.ts'
import { setDashboardPassword } from './set-dashboard-password.ts'
import { setTopology } from './set-topology.ts'
import { showSshKey } from './show-ssh-key.ts'
import { showTopology } from './show-topology.ts'

export const actions = sdk.Actions.of()
  .addAction(setDashboardPassword)
  .addAction(setTopology)
  .addAction(showTopology)
  .addAction(showSshKey)
  .addAction(rotateSshKey)
  .addAction(importRecipes)
  .addAction(resetSandbox)
