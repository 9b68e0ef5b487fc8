import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from '../../core/testing/real/wait-until.ts'
import { npmFolder, trustAsHere, unpackDebian } from './debian-root.ts'

const run = promisify(execFile)

/** A Debian in a container whose first process is systemd, with a network of its own. */
export interface SystemdMachine {
  /** Its root folder, as this machine sees it. */
  readonly root: string
  /**
   * Runs a script in it as root, with npm on its PATH; resolves with its output. `isOnline`: on the
   * network of this machine instead of its own.
   */
  run(script: string, options?: { isOnline?: boolean }): Promise<string>
  /** Asks what listens in it: GET without a body, POST with one. */
  ask<T>(path: string, body?: unknown): Promise<{ status: number; body: T }>
  close(): Promise<void>
}

const NSPAWN = '/usr/bin/systemd-nspawn'
/** Beside what an image has. */
const PACKAGES = ['systemd', 'openssh-server', 'iproute2', 'curl', 'tar', 'gzip']
const NPM_CACHE = join(homedir(), '.npm')

/** Why no systemd can be booted on this machine, in one line; undefined when it can. */
export function whyNoSystemd(): string | undefined {
  if (process.getuid?.() !== 0) return 'a container with systemd needs root'
  return existsSync(NSPAWN)
    ? undefined
    : `${NSPAWN} is missing (Debian: apt-get install systemd-container)`
}

/** Makes a Debian in the folder and boots it; `shares` are folders of this machine by where they are seen in it, to be read. */
export async function startSystemdMachine(
  folder: string,
  shares: Record<string, string> = {},
): Promise<SystemdMachine> {
  const root = join(folder, 'machine')
  await unpackDebian(root, PACKAGES)
  const trusted = furnish(root)
  const logFile = join(folder, 'nspawn.log')
  const log = openSync(logFile, 'w')
  const nspawn = spawn(NSPAWN, flagsFor(root, shares), { stdio: ['ignore', log, log] })
  closeSync(log)
  const enter = (...args: string[]) =>
    run('nsenter', [`--target=${firstOf(nspawn) ?? 'none'}`, ...args], { maxBuffer: 2 ** 24 })
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root', ...trusted }
  const env = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  const machine: SystemdMachine = {
    root,
    async run(script, { isOnline = false } = {}) {
      const within = ['--mount', '--pid', '--uts', '--ipc', '--root']
      if (!isOnline) within.push('--net')
      const { stdout } = await enter(...within, 'env', '-i', ...env, 'sh', '-euc', `cd\n${script}`)
      return stdout.trim()
    },
    async ask(path, body) {
      const args = [path, ...(body === undefined ? [] : [JSON.stringify(body)])]
      const { stdout } = await enter('--net', process.execPath, '--eval', ASK, ...args)
      return JSON.parse(stdout)
    },
    async close() {
      if (nspawn.exitCode !== null || nspawn.signalCode !== null) return
      const ended = once(nspawn, 'exit')
      nspawn.kill('SIGTERM')
      await ended
    },
  }
  const said = () => readFileSync(logFile, 'utf8')
  await waitUntil(
    () => {
      if (nspawn.exitCode !== null) throw new Error(`systemd-nspawn ended: ${said()}`)
      if (firstOf(nspawn) === undefined) return false
      return machine.run('systemctl is-system-running').then(
        (state) => state === 'running',
        () => false,
      )
    },
    { withinMs: 60_000, otherwise: () => `systemd does not come up: ${said()}` },
  )
  return machine
}

const USERS = [
  'root:*:0:0::/root:/bin/sh',
  'sshd:*:100:65534::/run/sshd:/usr/sbin/nologin',
  'alice:*:1001:1001::/home/alice:/bin/bash',
  'nobody:*:65534:65534::/:/usr/sbin/nologin\n',
]

/** What the packages would set up if they were configured, and npm; the environment that it needs. */
function furnish(root: string): Record<string, string> {
  for (const name of ['root', 'opt', 'tmp', 'usr/local/bin', 'usr/local/lib/node_modules/npm'])
    mkdirSync(join(root, name), { recursive: true })
  const files = {
    'etc/passwd': USERS.join('\n'),
    'etc/group': 'root:x:0:\nadm:x:4:\nsystemd-journal:x:101:\nalice:x:1001:\nnogroup:x:65534:\n',
    'etc/ssh/sshd_config': 'UsePAM no\n',
    // it makes its own
    'etc/machine-id': '',
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text)
  copyFileSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'))
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name))
  return trustAsHere(root)
}

const flagsFor = (root: string, shares: Record<string, string>): string[] => [
  ...[`--directory=${root}`, '--boot', '--quiet', '--register=no', '--keep-unit'],
  ...['--private-network', '--console=pipe'],
  ...Object.entries({
    ...{ '/usr/local/bin/node': process.execPath, '/usr/local/lib/node_modules/npm': npmFolder() },
    ...shares,
  }).map(([place, source]) => `--bind-ro=${source}:${place}`),
  // what was downloaded once need not be again
  ...(existsSync(NPM_CACHE) ? [`--bind=${NPM_CACHE}:/root/.npm`] : []),
]

/** Its first process, as this machine numbers it; undefined before that is systemd. */
function firstOf({ pid }: ChildProcess): string | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return children.find(
    (child) => child !== '' && readFileSync(`/proc/${child}/comm`, 'utf8') === 'systemd\n',
  )
}

/** Run in the network of the machine: asks for a path, with a body if there is a second argument. */
const ASK = `
const [path, body] = process.argv.slice(1)
const headers = { 'content-type': 'application/json' }
fetch('http://127.0.0.1:9999' + path, { headers, ...(body && { method: 'POST', body }) })
  .then(async (reply) => console.log(JSON.stringify({ status: reply.status, body: await reply.json() })))
`
