import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Sshd, startSshd } from '../../hosts/testing/sshd.ts'
import type { DockerDaemon } from './docker-daemon.ts'

/** A machine of a real cluster: OpenSSH's server, a Docker daemon, a home folder. */
export interface RealHost {
  readonly id: string
  /** Loopback address of its own. */
  readonly address: string
  readonly sshPort: number
  readonly user: string
  /** Host key in SSH wire form. */
  readonly hostKey: Buffer
  /** Home folder of its user; `~` of every SSH session. */
  readonly home: string
  /** Runs the docker command against its daemon. */
  docker(...args: string[]): Promise<string>
  close(): Promise<void>
}

export interface HostOptions {
  id: string
  address: string
  folder: string
  daemon: DockerDaemon
  authorizedKeys: readonly string[]
  /** User id its commands run as, instead of root's. */
  uid?: number
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Starts the SSH server of a host; its sessions see the host's own home and daemon. */
export async function startHost(options: HostOptions): Promise<RealHost> {
  const { id, address, folder, daemon } = options
  const home = join(folder, 'home')
  const bin = join(folder, 'bin')
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  mkdirSync(bin)
  const sshdFolder = join(folder, 'sshd')
  mkdirSync(sshdFolder)
  // OpenSSH's client takes the home of /etc/passwd, which both hosts share
  const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F '${home}/.ssh/config' "$@"\n`
  writeFileSync(join(bin, 'ssh'), ssh, { mode: 0o755 })
  const sshd = await startSshd({
    authorizedKey: options.authorizedKeys.join('\n'),
    address,
    folder: sshdFolder,
    ...(options.uid !== undefined && { uid: options.uid }),
    env: { HOME: home, DOCKER_HOST: daemon.url, PATH: `${bin}:${SYSTEM_PATH}` },
  })
  return {
    id,
    address,
    sshPort: sshd.port,
    user: sshd.user,
    hostKey: sshd.hostKey,
    home,
    docker: daemon.docker,
    close: () => closeHost(sshd, daemon),
  }
}

/** Lets a host reach others by plain `ssh <address>`, as the machines of a cluster do. */
export function introduce(host: RealHost, others: readonly RealHost[], privateKey: string): void {
  const folder = join(host.home, '.ssh')
  const file = (name: string, lines: string[]) =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o600 })
  file('id_ed25519', [privateKey.trim()])
  file(
    'known_hosts',
    others.map((other) => `[${other.address}]:${other.sshPort} ${lineOf(other.hostKey)}`),
  )
  file('config', [
    ...others.flatMap(({ address, sshPort }) => [`Host ${address}`, `  Port ${sshPort}`]),
    'Host *',
    `  IdentityFile ${join(folder, 'id_ed25519')}`,
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
  ])
}

const lineOf = (key: Buffer): string => `ssh-ed25519 ${key.toString('base64')}`

async function closeHost(sshd: Sshd, daemon: DockerDaemon): Promise<void> {
  await Promise.all([sshd.close(), daemon.close()])
}
