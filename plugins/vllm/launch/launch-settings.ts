import type { Settings } from '../settings.ts'
import type { LauncherName } from './launch.ts'

/** How a service's engine is started, as the topology says it or leaves it to be. */
export interface LaunchSettings {
  service: string
  launcher: LauncherName
  launcherDir: string
  container: string
  image: string
  gpus: readonly number[] | 'all' | null
  shmSize: string | null
  env: Record<string, string>
  mods: readonly string[]
  args: readonly string[]
  volumes: readonly string[]
  /** Words of the program that serves, placeholders not filled in. */
  startCommand: readonly string[]
}

const LAUNCHER_DIR = '~/spark-vllm-docker'
/** Names of spark-vllm-docker. */
const CLUSTER = { container: 'vllm_node', image: 'vllm-node' }
/** vLLM's own image. */
const IMAGE = 'vllm/vllm-openai:latest'

/** Name of the container where the topology gives none and docker starts it. */
export const dockerName = (service: string): string => `sc-${service}`

/** The launcher meant: the one named, else the one whose key is there, else docker. */
export function launcherName(
  settings: Pick<Settings, 'launcher' | 'launcher_dir' | 'commands'>,
): LauncherName {
  if (settings.launcher) return settings.launcher
  if (settings.launcher_dir !== undefined) return 'launch-cluster'
  return settings.commands ? 'command' : 'docker'
}

/** The settings of a service with everything filled in that depends on its launcher. */
export function launchSettings(settings: Settings, service: string): LaunchSettings {
  const launcher = launcherName(settings)
  const isCluster = launcher === 'launch-cluster'
  return {
    service,
    launcher,
    launcherDir: settings.launcher_dir ?? LAUNCHER_DIR,
    container: settings.container ?? (isCluster ? CLUSTER.container : dockerName(service)),
    image: settings.image ?? (isCluster ? CLUSTER.image : IMAGE),
    gpus: settings.gpus ?? null,
    shmSize: settings.shm_size ?? null,
    env: settings.env,
    mods: settings.mods ?? [],
    args: settings.args ?? [],
    volumes: settings.volumes ?? [],
    startCommand: settings.commands?.start ?? [],
  }
}
