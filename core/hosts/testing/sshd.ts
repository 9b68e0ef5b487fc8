import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** Starts OpenSSH's server on a free loopback port, with its own folder, keys and stock limits. */
export async function startSshd(options: { authorizedKey: string; port?: number }): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-sshd-'))
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
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host_key', hostKey)}`,
      `AuthorizedKeysFile ${file('authorized_keys', `${options.authorizedKey}\n`)}`,
      `PidFile ${join(folder, 'sshd.pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      // bash under sshd reads ~/.bashrc unless it is a nested shell; who knows what stands in it here
      'SetEnv SHLVL=1',
      '',
    ].join('\n'),
  )
  const child = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-4_000)
  })
  await answers(port, child, () => log)
  return {
    port,
    user: userInfo().username,
    hostKey: publicKeyOf(hostKey),
    pid: child.pid ?? 0,
    configFile: config,
    async close() {
      const ended = new Promise((done) => child.once('close', done))
      if (child.exitCode === null && child.kill('SIGTERM')) await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const { port, close } = await listenOnLoopback(createServer())
  await close()
  return port
}

async function answers(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`sshd ended at once: ${log()}`)
    if (await accepts(port)) return
    await sleep(25)
  }
  throw new Error(`sshd does not listen on ${port}: ${log()}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dialTcp({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
