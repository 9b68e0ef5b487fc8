import { type Host, sh } from '#core'
import type { LaunchSettings } from './launch-settings.ts'

/**
 * How many GPUs an engine may use: those that are numbered, else all that nvidia-smi lists. null
 * where it lists none, and for launch-cluster.sh, which counts machines.
 */
export async function countGpus(
  host: Host,
  { launcher, gpus }: Pick<LaunchSettings, 'launcher' | 'gpus'>,
  signal: AbortSignal,
): Promise<number | null> {
  if (launcher === 'launch-cluster') return null
  if (Array.isArray(gpus)) return gpus.length
  const { stdout } = await host.exec(sh`nvidia-smi -L`, { signal })
  return stdout.split('\n').filter((line) => /^GPU \d+:/.test(line)).length || null
}
