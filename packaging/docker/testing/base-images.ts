import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { DockerDaemon } from '../../../core/testing/real/docker-daemon.ts'
import { npmFolder, trustAsHere, unpackDebian } from '../../testing/debian-root.ts'

/**
 * Makes the two base images of the Dockerfile out of Debian's packages and this machine's Node and
 * npm, so that no registry of images is needed. Returns their tags.
 */
export async function makeBaseImages(
  daemon: DockerDaemon,
  folder: string,
): Promise<{ debian: string; node: string }> {
  const root = join(folder, 'debian')
  await unpackDebian(root)
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

async function importRoot(
  { url }: DockerDaemon,
  root: string,
  tag: string,
  more: Record<string, string> = {},
): Promise<void> {
  const tar = spawn('tar', ['-C', root, '--exclude=./proc/*', '--exclude=./sys/*', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...more }
  const flags = Object.entries(environment).flatMap(([key, value]) => [
    ...['--change', `ENV ${key}=${value}`],
  ])
  const load = spawn('docker', ['--host', url, 'import', ...flags, '-', tag], {
    stdio: [tar.stdout, 'ignore', 'inherit'],
  })
  const ends = await Promise.all([once(tar, 'exit'), once(load, 'exit')])
  if (ends.some(([code]) => code !== 0)) throw new Error(`${tag} could not be imported`)
}
