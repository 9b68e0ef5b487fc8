import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quote } from '../../core/hosts/sh.ts'
import type { SimHost } from '../cluster.ts'
import { originOf } from './plant-bot.ts'

const marker = ({ run }: Pick<SimHost, 'run'>): string => join(run, 'deploy-key-refused')

/** Lets the git server refuse the key while the fault is on. */
export function obeyKeyFault(host: SimHost): void {
  mkdirSync(host.run, { recursive: true })
  rmSync(marker(host), { force: true })
  host.faults.watch(({ bot }) => {
    if (bot === 'key') writeFileSync(marker(host), '')
    else rmSync(marker(host), { force: true })
  })
}

/** `ssh` to the bot's git server: git asks it to run git-upload-pack there. */
export const gitSsh = (host: Pick<SimHost, 'root' | 'run'>): string =>
  `#!/bin/sh
# Stand-in of the Spark Control sandbox: the way to the git server of the bot.
if [ -e ${quote(marker(host))} ]; then
  echo "$1: Permission denied (publickey)." >&2
  exit 255
fi
exec git upload-pack ${quote(originOf(host))}
`
