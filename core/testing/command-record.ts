import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The folders of a simulated host. */
export interface HostFolders {
  id: string
  home: string
}

/** A command a simulated host was given. */
export interface Recorded {
  host: string
  tool: string
  args: string[]
}

/** A container of a simulated host, running or not. */
export interface Container {
  id: string
  name: string
  state: string
}

const LAUNCHER = 'spark-vllm-docker/launch-cluster.sh'
const run = promisify(execFile)

/** Has the hosts write down every call of docker and of the launcher, from now on. */
export function recordCommands(hosts: readonly HostFolders[]): () => Recorded[] {
  for (const { home } of hosts)
    for (const file of [join(home, '..', 'bin', 'docker'), join(home, LAUNCHER)])
      wrap(file, recordOf(home))
  return () => hosts.flatMap(({ id, home }) => read(id, recordOf(home)))
}

/** Calls of the launcher that start an engine; `--help` and the like start none. */
export const launchesIn = (recorded: readonly Recorded[]): Recorded[] =>
  recorded.filter(({ tool, args }) => tool === 'launch-cluster.sh' && args.includes('serve'))

/** Calls that change something on a host. */
export const changesIn = (recorded: readonly Recorded[]): Recorded[] =>
  recorded.filter(
    ({ tool, args: [verb = '', word], ...rest }) =>
      launchesIn([{ tool, args: [verb], ...rest }]).length > 0 ||
      (tool === 'docker' && !READS.has(GROUPS.has(verb) ? `${verb} ${word}` : verb)),
  )

/** Verbs that say nothing without the next word. */
const GROUPS = new Set(['compose', 'system'])

const READS = new Set([
  'ps',
  'inspect',
  'image',
  'images',
  'logs',
  'events',
  'top',
  'version',
  'compose version',
  'system df',
  'info',
])

/** Every container of a host, asked at the host itself. */
export async function containersOn({ home }: HostFolders): Promise<Container[]> {
  const format = '{{.ID}} {{.Names}} {{.State}}'
  const { stdout } = await run(join(home, '..', 'bin', 'docker.real'), [
    ...['ps', '-a', '--no-trunc', '--format', format],
  ])
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id = '', name = '', state = ''] = line.split(' ')
      return { id, name, state }
    })
}

const recordOf = (home: string): string => join(home, '..', 'commands.log')

/** Words are ended by NUL, a call by an empty word: neither can be inside an argument. */
function wrap(file: string, record: string): void {
  const real = `${file}.real`
  if (!existsSync(real)) renameSync(file, real)
  const script = `#!/bin/sh
printf '%s\\0' "\${0##*/}" "$@" '' >>'${record}'
exec '${real}' "$@"
`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}

function read(host: string, record: string): Recorded[] {
  if (!existsSync(record)) return []
  const calls: Recorded[] = []
  let words: string[] = []
  for (const word of readFileSync(record, 'utf8').split('\0')) {
    if (word !== '') words.push(word)
    else {
      const [tool = '', ...args] = words
      if (tool !== '') calls.push({ host, tool, args })
      words = []
    }
  }
  return calls
}
