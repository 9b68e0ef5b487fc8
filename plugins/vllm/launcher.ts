import { arg, type Command, type Host, sh } from '#core'
import { vllmError } from './errors.ts'

/** The launcher gets this long; images with mods take minutes before they dispatch. */
const LAUNCH_TIMEOUT_S = 900

/** Everything one launch consists of; kept in the job, so that what was shown is what runs. */
export interface Launch {
  launcherDir: string
  hfHome: string | null
  /** Addresses the launcher reaches the machines by, head first; one means --solo. */
  addresses: string[]
  container: string
  image: string
  env: Record<string, string>
  mods: string[]
  /** A folder outside the HF cache, mounted at /models/<its name>. */
  modelFolder: string | null
  serve: string[]
}

/** The command that starts containers and engine, run on the head without a terminal. */
export function launchCommand(launch: Launch): Command {
  const solo = launch.addresses.length === 1
  const spread = solo ? [arg('--solo')] : [arg('-n'), launch.addresses.join(',')]
  const env = Object.entries({ HF_HUB_OFFLINE: '1', ...launch.env }).flatMap(([key, value]) => [
    arg('-e'),
    `${key}=${value}`,
  ])
  const mods = launch.mods.flatMap((mod) => [arg('--apply-mod'), mod])
  const options = [...spread, arg('-d'), ...env, ...mods]
  const words = launch.serve.map(arg)
  const start = sh`timeout ${LAUNCH_TIMEOUT_S} ./launch-cluster.sh ${options} --name ${launch.container} -t ${launch.image} exec vllm serve ${words} </dev/null`
  return [...preparations(launch), start].reduce((all, next) => sh`${all} && ${next}`)
}

/** A folder as a shell word of its own; only `~/` is expanded. */
export function folderWord(folder: string): Command {
  if (folder === '~' || folder === '~/') return sh`"$HOME"`
  return folder.startsWith('~/') ? sh`"$HOME"/${folder.slice(2)}` : sh`${folder}`
}

function preparations(launch: Launch): Command[] {
  const steps = [sh`cd -- ${folderWord(launch.launcherDir)}`]
  // the launcher mounts $HF_HOME; a login shell's own value is not there over SSH
  if (launch.hfHome) {
    steps.push(
      launch.hfHome.startsWith('~/')
        ? sh`export HF_HOME="$HOME"/${launch.hfHome.slice(2)}`
        : sh`export HF_HOME=${launch.hfHome}`,
    )
  }
  if (launch.modelFolder) {
    // every version of the launcher reads this; --volume is known since summer 2026 only
    const mount = `-v ${launch.modelFolder}:${containerFolder(launch.modelFolder)}:ro`
    steps.push(sh`export VLLM_SPARK_EXTRA_DOCKER_ARGS=${mount}`)
  }
  return steps
}

/** Where a plain model folder is seen inside the container. */
export const containerFolder = (folder: string): string =>
  `/models/${folder.slice(folder.lastIndexOf('/') + 1)}`

/** Asks the launcher what it can do. Its --help ends with status 1 on every version. */
export const helpCommand = (launcherDir: string): Command =>
  sh`cd -- ${folderWord(launcherDir)} && ls launch-cluster.sh && { timeout 20 ./launch-cluster.sh --help </dev/null 2>&1; true; }`

/** Throws when the launcher is not there, or so old that it takes --solo for a command. */
export async function checkLauncher(
  host: Host,
  launcherDir: string,
  signal: AbortSignal,
): Promise<void> {
  const { code, stdout, stderr } = await host.exec(helpCommand(launcherDir), { signal })
  if (code !== 0) {
    throw vllmError(
      'LAUNCHER_MISSING',
      `there is no launch-cluster.sh in ${launcherDir} on ${host.id}: ${stderr.trim()}`,
      {
        hint: 'clone spark-vllm-docker there, or set launcher_dir of the service in topology.yaml',
      },
    )
  }
  if (!/(^|\s)--solo\b/m.test(stdout)) {
    throw vllmError(
      'LAUNCHER_TOO_OLD',
      `launch-cluster.sh in ${launcherDir} on ${host.id} does not know --solo`,
      { hint: `update it: git -C ${launcherDir} pull on ${host.id}` },
    )
  }
}

/** Id of an image, for comparing machines; empty output when it is not there. */
export const imageCommand = (runtime: string, image: string): Command =>
  sh`${runtime} image inspect --format '{{.Id}}' ${image}`

/** Throws when a machine lacks the image, or has another one of the same name. */
export async function checkImage(
  hosts: readonly Host[],
  image: string,
  signal: AbortSignal,
): Promise<void> {
  const ids = await Promise.all(
    hosts.map(async (host) => {
      const { code, stdout, stderr } = await host.exec(
        imageCommand(host.spec.container_runtime, image),
        { signal },
      )
      if (code === 0) return stdout.trim()
      throw vllmError(
        'LAUNCH_FAILED',
        `the image ${image} is not on ${host.id}: ${stderr.trim().split('\n')[0] ?? ''}`,
        { hint: `build or pull it on ${host.id} (build-and-copy.sh), or set image` },
      )
    }),
  )
  const other = ids.findIndex((id) => id !== ids[0])
  if (other <= 0) return
  throw vllmError(
    'LAUNCH_FAILED',
    `the image ${image} on ${hosts[other]?.id} is not the one on ${hosts[0]?.id}`,
    { hint: 'copy it from the head: ./build-and-copy.sh -c, then load again' },
  )
}

/** What the launcher's output and exit status say about a launch. */
export function judgeLaunch(
  code: number,
  output: string,
): { mistake: string | null; hint?: string } {
  const lines = output.split(/\r?\n/)
  const isDispatched = lines.some((line) =>
    /^Command dispatched in background \(Daemon mode\)/.test(line),
  )
  for (const [pattern, mistake, hint] of LAUNCH_MISTAKES) {
    const match = lines.map((line) => pattern.exec(line)).find((found) => found !== null)
    if (match) return { mistake: mistake(match), ...(hint && { hint }) }
  }
  if (code === 124) return { mistake: `the launcher did not end within ${LAUNCH_TIMEOUT_S} s` }
  if (code !== 0) return { mistake: `the launcher ended with status ${code}${lastWords(lines)}` }
  // a failed docker run still ends with status 0, so only the marker counts
  if (!isDispatched) return { mistake: `the launcher started nothing${lastWords(lines)}` }
  return { mistake: null }
}

const LAUNCH_MISTAKES: readonly [RegExp, (match: RegExpExecArray) => string, string?][] = [
  [
    /^Cluster containers are already running/,
    () => 'a container of this name was running already',
    'unload first; if it comes back, something else starts it (docker inspect shows its restart policy)',
  ],
  [
    /Unable to find image '?([^' ]*)/,
    ([, image]) => `the image ${image} is not there`,
    'build or pull it, or set image in topology.yaml',
  ],
  [
    /could not select device driver/,
    () => 'the container runtime cannot use the GPU',
    'install the NVIDIA container toolkit on the machine and restart docker',
  ],
  [
    /already in use by container/,
    () => 'the name of the container is taken',
    'remove the other container, or set container in topology.yaml',
  ],
  [
    /^Timeout waiting for cluster/,
    () => 'the machines did not find each other in time',
    'look at the cable and addresses of the fast link',
  ],
  [
    /^Error: Could not inspect image '([^']*)' on (.*?)\.?$/,
    ([, image, node]) => `the image ${image} is not on the ${node}`,
    'build or pull it there (build-and-copy.sh), or set image in topology.yaml',
  ],
  [
    /^Error: (.*)/,
    ([, what]) => `the launcher says: ${what}`,
    'the log of this job has all it printed',
  ],
]

const lastWords = (lines: string[]): string => {
  const last = lines.map((line) => line.trim()).findLast((line) => line !== '')
  return last ? `: ${last}` : ''
}
