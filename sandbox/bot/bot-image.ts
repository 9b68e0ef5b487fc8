import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerImage } from '../images.ts'
import { BOT_FOLDER, VERSION_FILE } from './plant-bot.ts'

/** What a build that is to fail leaves in the environment of its image. */
export const BROKEN = 'BOT_BROKEN'

/** A bot: it answers nobody here, only its log says that it is there. */
export const botImage: ServerImage = {
  loadMs: 1_500,
  memoryBytes: 96 * 1024 ** 2,
  async serve({ host, env, log }) {
    const version = env.BOT_VERSION ?? versionIn(join(host.home, BOT_FOLDER))
    log(`matrix-bot ${version} starts`)
    if (env[BROKEN]) throw new Error("ModuleNotFoundError: No module named 'nio'")
    log('connected to https://matrix.example.org as @bot:example.org')
    log('listening in 2 rooms')
    return { close: async () => log('SIGTERM: signing off') }
  },
}

/** The version of a work tree; `unknown` where there is none. */
export function versionIn(folder: string): string {
  try {
    return readFileSync(join(folder, VERSION_FILE), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
