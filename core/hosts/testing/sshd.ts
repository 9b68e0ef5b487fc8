import { type ChildProcess, spawn } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, connect as dialTcp } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeKeyPair } from '../key-pair.ts'
import { listenOnLoopback } from './listen.ts'
import { publicKeyOf } from './ssh-server.ts'

const SSHD = '/usr/sbin/sshd'

/** Why OpenSSH's server cannot be started here; undefined when it can. */
export function whyNoSshd(): string | undefined {
  try {
    accessSync(SSHD, constants.X_OK)
  } catch {
    return `${SSHD} is not there (Debian: apt-get install openssh-server)`
  }
  return undefined
}

export interface Sshd {
  readonly port: number
  readonly user: string
  /** Host key in SSH wire form. */
  readonly hostKey: Buffer
  /** Its process; sessions are its children. */
  readonly pid: number
  readonly configFile: string
  close(): Promise<void>
}

export interface SshdOptions {
  /** One key, or several on lines of their own. */
  authorizedKey: string
  port?: number
  /** A loopback address; 127.0.0.1 unless another one is wanted. */
  address?: string
  /** Environment of its sessions. */
  env?: Record<string, string>
  /** Commands run as this user id instead of the one that logs in; sshd must run as root. */
  uid?: number
  /** Further lines of its configuration, each by itself. */
  lines?: readonly string[]
  /** Where its files lie, instead of a folder of its own; removed in the end. */
  folder?: string
}

/** Starts OpenSSH's server on a free loopback port, with its own folder, keys and stock limits. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const { address = '127.0.0.1' } = options
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'hosts-sshd-'))
  // bash under sshd reads ~/.bashrc unless it is a nested shell; who knows what stands in it here
  const env = { SHLVL: '1', ...options.env }
  // whoever logs in reads the keys, as himself
  chmodSync(folder, 0o755)
  const hostKey = makeKeyPair('test').private
  const port = options.port ?? (await freePort())
  const file = (name: string, text: string, mode = 0o600) => {
    writeFileSync(join(folder, name), text, { mode })
    return join(folder, name)
  }
  // sshd as root wants its privilege separation folder
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const config = file(
    'sshd_config',
    [
      `Port ${port}`,
      `ListenAddress ${address}`,
      `HostKey ${file('host_key', hostKey)}`,
      `AuthorizedKeysFile ${file('authorized_keys', `${options.authorizedKey}\n`, 0o644)}`,
      `PidFile ${join(folder, 'sshd.pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      // all in one line: sshd heeds the first SetEnv only
      `SetEnv ${Object.entries(env)
        .map(([name, value]) => `"${name}=${value}"`)
        .join(' ')}`,
      ...(options.lines ?? []),
      ...(options.uid === undefined ? [] : [`ForceCommand ${runAs(options.uid)}`]),
      '',
    ].join('\n'),
  )
  const child = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-4_000)
  })
  await answers({ port, host: address }, child, () => log)
  return {
    port,
    user: userInfo().username,
    hostKey: publicKeyOf(hostKey),
    pid: child.pid ?? 0,
    configFile: config,
    async close() {
      const sessions = childrenOf(child.pid ?? 0)
      const ended = new Promise((done) => child.once('exit', done))
      if (child.exitCode === null && child.kill('SIGTERM')) await ended
      // sessions outlive the listener, and hold its stderr
      for (const pid of sessions) endProcess(pid)
      child.stderr.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const runAs = (uid: number): string =>
  `exec setpriv --reuid=${uid} --regid=${uid} --clear-groups /bin/sh -c "$SSH_ORIGINAL_COMMAND"`

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return list.split(' ').filter(Boolean).map(Number)
}

function endProcess(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself in this very moment
  }
}

async function freePort(): Promise<number> {
  const { port, close } = await listenOnLoopback(createServer())
  await close()
  return port
}

interface Place {
  host: string
  port: number
}

async function answers(at: Place, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`sshd ended at once: ${log()}`)
    if (await accepts(at)) return
    await sleep(25)
  }
  throw new Error(`sshd does not listen on ${at.port}: ${log()}`)
}

function accepts(at: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dialTcp(at)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
