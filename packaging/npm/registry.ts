import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Why packages cannot be installed on this machine, in one line; undefined when they can. */
export async function reachRegistry(): Promise<string | undefined> {
  if (process.env.CI !== 'true') return 'it installs packages, which is done where CI=true'
  try {
    await promisify(execFile)('npm', ['ping', '--fetch-retries=1', '--fetch-timeout=20000'])
    return undefined
  } catch {
    return 'the npm registry does not answer'
  }
}
