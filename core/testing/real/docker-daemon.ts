import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from './wait-until.ts'

const run = promisify(execFile)

export interface DockerDaemon {
  /** What DOCKER_HOST must be to reach it. */
  readonly url: string
  /** Its process, whose network is that of its containers' published ports. */
  readonly pid: number
  /** Runs the docker command against it; resolves with its output, trimmed. */
  docker(...args: string[]): Promise<string>
  /** Ends its containers, then itself. */
  close(): Promise<void>
}

const DOCKERD = '/usr/sbin/dockerd'
const APART = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', DOCKERD]
const WITHOUT_NETWORK = [
  ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
  ...['--ip-masq=false', '--userland-proxy=false'],
]

/**
 * Starts a Docker daemon of its own: data, sockets and containerd in the folder. Its containers have the
 * network of this machine or none; with `isApart` they have bridges and published ports as usual, but the
 * daemon is in a network namespace, out of which nothing leads.
 */
export async function startDockerDaemon(
  folder: string,
  { isApart = false } = {},
): Promise<DockerDaemon> {
  mkdirSync(folder, { recursive: true })
  const url = `unix://${join(folder, 'docker.sock')}`
  const logFile = join(folder, 'log')
  const configFile = join(folder, 'daemon.json')
  // instead of the machine's own, which may name other hosts or drivers
  writeFileSync(configFile, '{}')
  const log = openSync(logFile, 'w')
  const [program = '', ...before] = isApart ? APART : [DOCKERD]
  const child = spawn(
    program,
    [
      ...before,
      `--config-file=${configFile}`,
      `--host=${url}`,
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(folder, 'exec')}`,
      `--pidfile=${join(folder, 'pid')}`,
      ...(isApart ? [] : WITHOUT_NETWORK),
    ],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const docker = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('docker', ['--host', url, ...args], { maxBuffer: 2 ** 24 })
    return stdout.trim()
  }
  await waitUntil(
    async () => {
      if (child.exitCode !== null) throw new Error(`dockerd ended at once: ${lastLines(logFile)}`)
      return docker('version').then(
        () => true,
        () => false,
      )
    },
    { withinMs: 60_000, otherwise: () => `dockerd does not answer: ${lastLines(logFile)}` },
  )
  return {
    url,
    pid: child.pid ?? 0,
    docker,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const containers = await docker('ps', '-aq')
      if (containers !== '') await docker('rm', '-f', ...containers.split('\n'))
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

const lastLines = (file: string): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
