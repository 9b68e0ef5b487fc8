import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DockerDaemon } from './docker-daemon.ts'

const run = promisify(execFile)

/** An image made of this machine's own files, without a registry. */
export interface ImageSpec {
  /** Name of the image, such as `engine`. */
  tag: string
  /** Path in the image → a file or folder of this machine. */
  copies: Record<string, string>
  /** Path in the image → text of a program. */
  programs: Record<string, string>
}

/** Makes the image with busybox, bash and Node in it, and gives the very same one to every daemon. */
export async function makeImage(
  spec: ImageSpec,
  daemons: readonly DockerDaemon[],
  folder: string,
): Promise<void> {
  const root = join(folder, 'image')
  await fillRoot(root, spec)
  const [first, ...others] = daemons
  if (!first) return
  const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin'
  await pipe(
    ['tar', '-C', root, '-c', '.'],
    [...docker(first), 'import', '--change', path, '-', spec.tag],
  )
  // imported twice it would get two ids, and hosts of a cluster must have the same
  for (const other of others) {
    await pipe([...docker(first), 'save', spec.tag], [...docker(other), 'load'])
  }
  rmSync(root, { recursive: true })
}

const docker = ({ url }: DockerDaemon): string[] => ['docker', '--host', url]

async function fillRoot(root: string, { copies, programs }: ImageSpec): Promise<void> {
  for (const name of ['bin', 'usr/bin', 'usr/local/bin', 'tmp', 'root', 'etc']) {
    mkdirSync(join(root, name), { recursive: true })
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n')
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
  for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n')) {
    if (/^[a-z]\w*$/.test(applet) && applet !== 'busybox') {
      symlinkSync('busybox', join(root, 'bin', applet))
    }
  }
  rmSync(join(root, 'bin/bash'), { force: true })
  await copyProgram('/bin/bash', root, 'bin/bash')
  await copyProgram(process.execPath, root, 'usr/local/bin/node')
  for (const [path, source] of Object.entries(copies)) {
    cpSync(source, join(root, path), { recursive: true })
  }
  for (const [path, text] of Object.entries(programs)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), 0o755)
  }
}

/** Copies a program with the libraries it is linked to. */
async function copyProgram(source: string, root: string, path: string): Promise<void> {
  copyFileSync(source, join(root, path))
  const { stdout } = await run('ldd', [source])
  for (const [, library] of stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)) {
    if (library === undefined) continue
    mkdirSync(dirname(join(root, library)), { recursive: true })
    copyFileSync(library, join(root, library))
  }
}

/** `from | to`; throws when either fails. */
async function pipe(from: string[], to: string[]): Promise<void> {
  const [source = '', ...sourceArgs] = from
  const [sink = '', ...sinkArgs] = to
  const left = spawn(source, sourceArgs, { stdio: ['ignore', 'pipe', 'inherit'] })
  const right = spawn(sink, sinkArgs, { stdio: [left.stdout, 'ignore', 'inherit'] })
  const ends = await Promise.all([once(left, 'exit'), once(right, 'exit')])
  if (ends.some(([code]) => code !== 0))
    throw new Error(`${from.join(' ')} | ${to.join(' ')} failed`)
}
