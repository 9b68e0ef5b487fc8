import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DockerDaemon } from '../../../core/testing/real/docker-daemon.ts'

const run = promisify(execFile)

/** What a minimal Debian has of the programs that the image's two stages and the sandbox use. */
const PACKAGES =
  'base-files,libc6,libstdc++6,libgcc-s1,libc-bin,dash,bash,coreutils,util-linux,sed,grep,findutils,procps,debianutils,hostname'

/** Unpacked, not configured: this takes ten seconds where a whole debootstrap takes minutes. */
const UNPACK = ['--variant=extract', `--include=${PACKAGES}`, '--quiet', 'bookworm']

/**
 * Makes the two base images of the Dockerfile out of Debian's packages and this machine's Node and
 * npm, so that no registry of images is needed. Returns their tags.
 */
export async function makeBaseImages(
  daemon: DockerDaemon,
  folder: string,
): Promise<{ debian: string; node: string }> {
  const root = join(folder, 'debian')
  await run('mmdebstrap', [...UNPACK, root], { maxBuffer: 2 ** 24 })
  for (const name of ['doc', 'man', 'locale', 'perl', 'perl5']) {
    rmSync(join(root, 'usr/share', name), { recursive: true, force: true })
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
  await importRoot(daemon, root, 'debian:local')
  const local = join(root, 'usr/local')
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true })
  cpSync(process.execPath, join(local, 'bin/node'))
  cpSync(npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'))
  await importRoot(daemon, root, 'node:local', trustAsHere(root))
  rmSync(root, { recursive: true })
  return { debian: 'debian:local', node: 'node:local' }
}

/** Where the npm of this machine lies, whichever Node runs it. */
function npmFolder(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      return join(dirname(realpathSync(join(folder, 'npm'))), '..')
    } catch {
      // not in this one
    }
  }
  throw new Error('there is no npm on the PATH')
}

/** Behind a proxy that opens TLS, npm in the build stage has to trust whom it trusts outside. */
function trustAsHere(root: string): string[] {
  const here = process.env.NODE_EXTRA_CA_CERTS
  if (!here) return []
  cpSync(here, join(root, 'usr/local/trusted.pem'), { dereference: true })
  return ['ENV NODE_EXTRA_CA_CERTS=/usr/local/trusted.pem']
}

async function importRoot(
  { url }: DockerDaemon,
  root: string,
  tag: string,
  more: string[] = [],
): Promise<void> {
  const tar = spawn('tar', ['-C', root, '--exclude=./proc/*', '--exclude=./sys/*', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const changes = ['ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...more]
  const flags = changes.flatMap((change) => ['--change', change])
  const load = spawn('docker', ['--host', url, 'import', ...flags, '-', tag], {
    stdio: [tar.stdout, 'ignore', 'inherit'],
  })
  const ends = await Promise.all([once(tar, 'exit'), once(load, 'exit')])
  if (ends.some(([code]) => code !== 0)) throw new Error(`${tag} could not be imported`)
}
