import { execFile } from 'node:child_process'
import { cpSync, existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const MMDEBSTRAP = '/usr/bin/mmdebstrap'

/** What a minimal Debian has of the programs that the image's two stages and the sandbox use. */
const PACKAGES =
  'base-files,libc6,libstdc++6,libgcc-s1,libc-bin,dash,bash,coreutils,util-linux,sed,grep,findutils,procps,debianutils,hostname'

/** Why no Debian can be unpacked on this machine, in one line; undefined when it can. */
export function whyNoDebian(): string | undefined {
  return existsSync(MMDEBSTRAP)
    ? undefined
    : `${MMDEBSTRAP} is missing (Debian: apt-get install mmdebstrap)`
}

/**
 * Makes a folder the root of a Debian out of its packages, with further ones if named. They are unpacked, not
 * configured: this takes ten seconds where a whole debootstrap takes minutes.
 */
export async function unpackDebian(root: string, more: readonly string[] = []): Promise<void> {
  const flags = ['--variant=extract', `--include=${[PACKAGES, ...more].join()}`, '--quiet']
  await run(MMDEBSTRAP, [...flags, 'bookworm', root], { maxBuffer: 2 ** 24 })
  for (const name of ['doc', 'man', 'locale', 'perl', 'perl5']) {
    rmSync(join(root, 'usr/share', name), { recursive: true, force: true })
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
}

/** Where the npm of this machine lies, whichever Node runs it. */
export function npmFolder(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      return join(dirname(realpathSync(join(folder, 'npm'))), '..')
    } catch {
      // not in this one
    }
  }
  throw new Error('there is no npm on the PATH')
}

/**
 * Behind a proxy that opens TLS, npm in the root has to trust whom it trusts outside: the environment
 * that makes it do so.
 */
export function trustAsHere(root: string): Record<string, string> {
  const here = process.env.NODE_EXTRA_CA_CERTS
  if (!here) return {}
  cpSync(here, join(root, 'usr/local/trusted.pem'), { dereference: true })
  return { NODE_EXTRA_CA_CERTS: '/usr/local/trusted.pem' }
}
