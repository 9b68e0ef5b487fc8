import { arg, type Command, sh } from '#core'
import { checkImage } from './check-image.ts'
import { containerEngine, OWNER_LABEL } from './container.ts'
import type { DockerLaunch } from './launch.ts'
import { findLaunchMistake, lastWords } from './launch-mistakes.ts'
import type { Launcher, LaunchVerdict } from './launcher.ts'
import { mountOption, mountsOf } from './volumes.ts'

/** Creating and starting a container; its image is there already. */
const START_TIMEOUT_S = 300
/** Where the HF cache is seen in the container, whatever its user's home is. */
const HF_HOME = '/hf-home'
/** Lines of a load and of days of serving, without filling the disk. */
const LOG_SIZE = '64m'

/** `docker run` or `podman run`: any image with `vllm` in it, on the GPUs that are named. */
export function dockerLauncher(launch: DockerLaunch): Launcher {
  const { runtime, image, container } = launch
  return {
    ...containerEngine(container, { isKept: true }),
    check: (hosts, signal) =>
      checkImage(
        hosts,
        image,
        (host) =>
          `${runtime} pull ${image} on ${host}, or set image; where spark-vllm-docker starts the engine, set launcher_dir`,
        signal,
      ),
    start: () => startCommand(launch),
    judge,
    starter: `[-]-name=${container}`,
  }
}

function startCommand(launch: DockerLaunch): Command {
  const { runtime, container, image, service } = launch
  const named = sh`--name=${container} --label=${OWNER_LABEL}=${service}`
  const options = [named, log(launch), gpus(launch), memory(launch), ...mounts(launch), env(launch)]
  const words = launch.serve.map(arg)
  // --pull never: what was checked is what runs, and nobody waits for gigabytes unseen
  const start = sh`timeout ${START_TIMEOUT_S} ${runtime} run -d --pull never --network host ${spaced(options)} --entrypoint vllm ${image} serve ${words} </dev/null`
  const found = sh`cache=\${HF_HOME:-$HOME/.cache/huggingface}`
  return launch.hfHome === null ? sh`${found} && ${start}` : start
}

/** A daemon may have another default, of which `logs` shows nothing. */
const log = ({ runtime }: DockerLaunch): Command =>
  runtime === 'podman'
    ? sh`--log-driver k8s-file --log-opt max-size=${LOG_SIZE}`
    : sh`--log-driver json-file --log-opt max-size=${LOG_SIZE} --log-opt max-file=2`

function gpus({ runtime, gpus: wanted }: DockerLaunch): Command {
  if (runtime === 'podman') {
    const devices = wanted === 'all' ? ['all'] : wanted.map(String)
    const options = devices.map((device) => sh`--device nvidia.com/gpu=${device}`)
    // SELinux lets a container neither see the devices nor read the cache
    return sh`--security-opt label=disable ${spaced(options)}`
  }
  // docker reads the value as CSV, so the list needs quotes of its own
  return wanted === 'all' ? sh`--gpus all` : sh`--gpus ${`"device=${wanted.join(',')}"`}`
}

/** Parts of a model on several GPUs talk through shared memory; 64 MB, the default, is too little. */
const memory = ({ shmSize }: DockerLaunch): Command =>
  shmSize === null ? sh`--ipc host` : sh`--shm-size ${shmSize}`

function mounts(launch: DockerLaunch): Command[] {
  const { hfHome } = launch
  const cache = hfHome === null ? sh`-v "$cache":${HF_HOME}` : mountOption(`${hfHome}:${HF_HOME}`)
  return [cache, ...mountsOf(launch).map(mountOption)]
}

function env(launch: DockerLaunch): Command {
  const all = { HF_HUB_OFFLINE: '1', ...launch.env, HF_HOME }
  return sh`${Object.entries(all).flatMap(([key, value]) => [arg('-e'), `${key}=${value}`])}`
}

const spaced = (commands: readonly Command[]): Command =>
  commands.reduce((all, next) => sh`${all} ${next}`)

function judge(code: number, output: string): LaunchVerdict {
  if (code === 0) return { mistake: null }
  const lines = output.split(/\r?\n/).filter((line) => !/^\s*$|--help/.test(line))
  const found = findLaunchMistake(lines)
  if (found) return found
  if (code === 124) return { mistake: `no container was started within ${START_TIMEOUT_S} s` }
  return { mistake: `the container was not started (status ${code})${lastWords(lines)}` }
}
