import { accessSync, constants, readFileSync } from 'node:fs'

/** What a real host is made of, and the Debian package it comes in. */
const PROGRAMS = {
  '/usr/sbin/sshd': 'openssh-server',
  '/usr/bin/ssh': 'openssh-client',
  '/usr/sbin/dockerd': 'docker.io',
  '/usr/bin/docker': 'docker.io',
  '/bin/busybox': 'busybox-static',
} as const

// bit of CapEff; mounting for containers needs it
const CAP_SYS_ADMIN = 21n

/** Why real hosts cannot be started on this machine, in one line; undefined when they can. */
export function missingParts(): string | undefined {
  if (process.platform !== 'linux') return 'it is no Linux'
  if (process.getuid?.() !== 0) return 'container daemons need root'
  const missing = Object.entries(PROGRAMS).filter(([path]) => !isExecutable(path))
  if (missing.length > 0) {
    const packages = new Set(missing.map(([, name]) => name))
    return `${missing.map(([path]) => path).join(', ')} missing (Debian: apt-get install ${[...packages].join(' ')})`
  }
  const [, effective = '0'] =
    /^CapEff:\s+(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  if ((BigInt(`0x${effective}`) & (1n << CAP_SYS_ADMIN)) === 0n) {
    return 'this root may not mount, as container daemons must'
  }
  return undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
