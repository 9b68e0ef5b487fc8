import type { HostSpec } from '#core'
import { FOLDER } from '../recipe/patterns.ts'
import type { Tool } from './download-look.ts'

/** What the tool is told to download. */
export interface Fetch {
  repo: string
  revision: string | null
  hub: string
  /** For a container: its name, its image, whose files it writes, where the token's file lies. */
  container: string
  image: string
  runtime: string
  owner: string
  workFolder: string
}

const PYTHON =
  'import sys; from huggingface_hub import snapshot_download; snapshot_download(sys.argv[1], revision=sys.argv[2] or None)'

/** The words that download a repository into the host's hub folder, which HF_HUB_CACHE names. */
export function fetchWords(tool: Tool, fetch: Fetch): string[] {
  const { repo, revision, hub, container, image, runtime, owner, workFolder } = fetch
  const what = ['download', repo, ...(revision ? ['--revision', revision] : [])]
  if (tool === 'hf' || tool === 'huggingface-cli') return [tool, ...what]
  if (tool === 'uvx') return ['uvx', 'hf', ...what]
  return [
    ...[runtime, 'run', '--rm', '--pull', 'never', '--name', container, '--network', 'host'],
    // as the login user, so that he can delete it again
    ...['--user', owner, '-e', 'HOME=/tmp', '-e', 'HF_HUB_CACHE=/hub'],
    ...['-e', 'HF_TOKEN_PATH=/download/token', '-e', 'SPARK_CONTROL_WORK'],
    ...['-e', 'HF_ENDPOINT', '-e', 'HF_HUB_DISABLE_PROGRESS_BARS', '-e', 'PYTHONUNBUFFERED'],
    ...['-v', `${hub}:/hub`, '-v', `${workFolder}:/download`, '--entrypoint', 'python3', image],
    ...['-c', PYTHON, repo, revision ?? ''],
  ]
}

/** Environment of a download: where to, and output that is a log and no terminal. */
export function fetchEnv(hub: string, own: Readonly<Record<string, string>>): string[] {
  const words = {
    ...Object.fromEntries(
      Object.entries(own).filter(([name]) => /^HF_(?!HUB_OFFLINE|HOME|HUB_CACHE)/.test(name)),
    ),
    HF_HUB_CACHE: hub,
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
  }
  return Object.entries(words).map(([name, value]) => `${name}=${value}`)
}

/** From host to host, over the fast link. */
export interface Copy {
  name: string
  fromHub: string
  toHub: string
  to: Pick<HostSpec, 'user' | 'address' | 'fabric' | 'ssh'>
}

const SSH_OPTIONS = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ...['-o', 'StrictHostKeyChecking=accept-new', '-o', 'ServerAliveInterval=15'],
]

/**
 * Where there is no rsync. It arrives beside its place and is put there whole, since a cut-off file
 * would carry its final name. The remote shell reads its words again: all of them are allow-listed.
 */
const TAR = `set -e
hub=$1 name=$2 target=$3 at=$4
shift 4
tar -C "$hub" --exclude='*.incomplete' -cf - "$name" |
  ssh "$@" "$target" "set -e; rm -rf $at/.incoming-$name; mkdir -p $at/.incoming-$name; tar -C $at/.incoming-$name -xf -; rm -rf $at/$name; mv $at/.incoming-$name/$name $at/$name; rmdir $at/.incoming-$name"
`

const plainFolder = new RegExp(FOLDER)

/** Whether ssh, rsync and tar hand these folders on as they are. */
export const canCopy = ({ fromHub, toHub }: Pick<Copy, 'fromHub' | 'toHub'>): boolean =>
  plainFolder.test(fromHub) && plainFolder.test(toHub)

/** The words that copy a model to another host's hub folder; partial files stay behind. */
export function copyWords(way: 'rsync' | 'tar', { name, fromHub, toHub, to }: Copy): string[] {
  const port = ['-p', String(to.ssh.port)]
  const address = to.fabric ?? to.address
  const target = to.user === undefined ? address : `${to.user}@${address}`
  if (way === 'tar')
    return ['sh', '-c', TAR, 'sh', fromHub, name, target, toHub, ...port, ...SSH_OPTIONS]
  const ssh = ['ssh', ...port, ...SSH_OPTIONS].join(' ')
  return [
    'rsync',
    '-a',
    '--exclude=*.incomplete',
    '-e',
    ssh,
    `${fromHub}/${name}`,
    `${target}:${toHub}/`,
  ]
}
