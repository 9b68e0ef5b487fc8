import { arg, type Command, type Host, sh } from '#core'
import { exportHfHome, folderWord, inTurn } from '../disk/folder-word.ts'
import { vllmError } from '../errors.ts'
import { checkImage } from './check-image.ts'
import { containerEngine } from './container.ts'
import type { ClusterLaunch } from './launch.ts'
import { findLaunchMistake, type LaunchMistake, lastWords } from './launch-mistakes.ts'
import type { Launcher, LaunchVerdict } from './launcher.ts'
import { mountsOf } from './volumes.ts'

/** The launcher gets this long; images with mods take minutes before they dispatch. */
const LAUNCH_TIMEOUT_S = 900

/** spark-vllm-docker's launch-cluster.sh: containers on one machine or several, one GPU each. */
export function clusterLauncher(launch: ClusterLaunch): Launcher {
  return {
    ...containerEngine(launch.container, { isKept: false }),
    async check(hosts, signal) {
      const [head] = hosts
      if (head) await checkLauncher(head, launch.launcherDir, signal)
      const way = (host: string) => `build or pull it on ${host} (build-and-copy.sh), or set image`
      await checkImage(hosts, launch.image, way, signal)
    },
    start: () => launchCommand(launch),
    judge: judgeLaunch,
    starter: 'launch-cluster[.]sh',
  }
}

/** The command that starts containers and engine, run on the head without a terminal. */
function launchCommand(launch: ClusterLaunch): Command {
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
  return inTurn([...preparations(launch), start])
}

function preparations(launch: ClusterLaunch): Command[] {
  // the launcher mounts $HF_HOME; a login shell's own value is not there over SSH
  const steps = [sh`cd -- ${folderWord(launch.launcherDir)}`, ...exportHfHome(launch.hfHome)]
  const mounts = mountsOf(launch)
  if (mounts.length > 0) {
    // every version of the launcher reads this; --volume is known since summer 2026 only
    const options = mounts.map((mount) => `-v ${mount}`).join(' ')
    steps.push(sh`export VLLM_SPARK_EXTRA_DOCKER_ARGS=${options}`)
  }
  return steps
}

/** Asks the launcher what it can do. Its --help ends with status 1 on every version. */
const helpCommand = (launcherDir: string): Command =>
  sh`cd -- ${folderWord(launcherDir)} && ls launch-cluster.sh && { timeout 20 ./launch-cluster.sh --help </dev/null 2>&1; true; }`

/** Throws when the launcher is not there, or so old that it takes --solo for a command. */
async function checkLauncher(host: Host, launcherDir: string, signal: AbortSignal): Promise<void> {
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

/** What the launcher's output and exit status say about a launch. */
export function judgeLaunch(code: number, output: string): LaunchVerdict {
  const lines = output.split(/\r?\n/)
  const isDispatched = lines.some((line) =>
    /^Command dispatched in background \(Daemon mode\)/.test(line),
  )
  const found = findLaunchMistake(lines, CLUSTER_MISTAKES)
  if (found) return found
  if (code === 124) return { mistake: `the launcher did not end within ${LAUNCH_TIMEOUT_S} s` }
  if (code !== 0) return { mistake: `the launcher ended with status ${code}${lastWords(lines)}` }
  // a failed docker run still ends with status 0, so only the marker counts
  if (!isDispatched) return { mistake: `the launcher started nothing${lastWords(lines)}` }
  return { mistake: null }
}

const CLUSTER_MISTAKES: readonly LaunchMistake[] = [
  [
    /^Cluster containers are already running/,
    () => 'a container of this name was running already',
    'unload first; if it comes back, something else starts it (docker inspect shows its restart policy)',
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
