import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from '../../core/testing/real/wait-until.ts'
import { type SystemdMachine, startSystemdMachine } from './systemd-machine.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Where a machine has the packages of this checkout, to be read. */
export const MODULES = '/srv/node_modules'
export const UNIT = 'spark-control'

/** A machine on which Spark Control was installed as a service. */
export interface InstalledMachine extends SystemdMachine {
  /** What systemd knows of the service, such as MainPID. */
  property(name: string): Promise<string>
  journal(): Promise<string>
  /** Asks until the answer is as wanted; the journal is told when it never is. */
  answer<T>(path: string, isWanted: (body: T) => boolean): Promise<T>
  /** Starts a script that goes on, as in a terminal, in place of the service or the one before. */
  start(script: string, folder: string): Promise<void>
  /** Ends the service, or what was started in its place. */
  stop(): Promise<void>
}

/** Boots a machine and installs this checkout by the commands given, with the packed package for `spark-control`. */
export async function startInstalledMachine(
  folder: string,
  commands: string,
): Promise<InstalledMachine> {
  const [machine, pack] = await Promise.all([
    startSystemdMachine(folder, { [MODULES]: join(ROOT, 'node_modules') }),
    run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT }),
  ])
  const [{ filename }] = JSON.parse(pack.stdout)
  cpSync(join(folder, filename), join(machine.root, 'root', filename))
  const dropIn = join(machine.root, `etc/systemd/system/${UNIT}.service.d`)
  mkdirSync(dropIn, { recursive: true })
  writeFileSync(join(dropIn, 'quick.conf'), `[Service]\nEnvironment=${QUICK}\n`)
  const source = `--prefer-offline --no-audit --no-fund ./${filename}`
  const script = commands.replace(/(?<=npm install .*) spark-control$/m, ` ${source}`)
  if (!script.includes(source)) throw new Error(`nothing is installed by ${commands}`)
  // it is root already
  await machine.run(`sudo() { "$@"; }\n${script}`, { isOnline: true })

  const journal = () => machine.run('journalctl --no-pager --output cat --lines 30')
  const stop = async () => {
    await machine.run(`systemctl stop ${UNIT}; systemctl stop by-hand 2> /dev/null || true`)
  }
  return {
    ...machine,
    property: (name) => machine.run(`systemctl show --property=${name} --value ${UNIT}`),
    journal,
    async answer<T>(path: string, isWanted: (body: T) => boolean) {
      let body: T | undefined
      const look = async () => {
        const reply = await machine.ask<T>(path).catch(() => undefined)
        body = reply?.body
        return body !== undefined && isWanted(body)
      }
      const otherwise = () => `${path} answers ${JSON.stringify(body)}`
      await waitUntil(look, { withinMs: 90_000, otherwise }).catch(async (error) => {
        throw new Error(`${error.message}\n${await journal()}`)
      })
      return body as T
    },
    async start(script, where) {
      await stop()
      writeFileSync(join(machine.root, 'root/by-hand.sh'), script)
      const variables = ['HOME=/root', 'PATH=/usr/local/bin:/usr/bin:/bin', QUICK]
      const flags = variables.map((each) => `--setenv=${each}`).join(' ')
      const unit = `--quiet --collect --unit=by-hand --working-directory=${where}`
      await machine.run(`systemd-run ${unit} ${flags} sh -eu /root/by-hand.sh`)
    },
    stop,
  }
}

/** Of the simulated cluster. */
const QUICK = 'SPARK_CONTROL_SANDBOX_SPEED=60'
