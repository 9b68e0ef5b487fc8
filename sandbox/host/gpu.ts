import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './memory.ts'

/** A process that holds GPU memory. */
export interface GpuProcess {
  pid: number
  name: string
  usedMib: number
  /** Full id of the container it runs in; undefined outside of any. */
  container: string | undefined
}

/** What nvidia-smi shows: how busy the GPU is and who is on it. */
export interface Gpu {
  /** Sets how many percent one owner uses; 0 takes it off. */
  setLoad(owner: string, percent: number): void
  setProcess(owner: string, process: GpuProcess | undefined): void
  loadPercent(): number
}

/**
 * GPU of one host; keeps `<run>/gpu` and `<run>/gpu-processes`, which the nvidia-smi stand-in reads,
 * and for each process on it `<proc>/<pid>/cgroup`, which names its container.
 */
export function createGpu(run: string, proc: string, uuid: string): Gpu {
  const loads = new Map<string, number>()
  const processes = new Map<string, GpuProcess>()
  const loadPercent = () =>
    Math.min(
      96,
      [...loads.values()].reduce((sum, each) => sum + each, 0),
    )
  let written = -1
  const writeLoad = () => {
    const percent = loadPercent()
    if (percent === written) return
    written = percent
    replaceFile(run, 'gpu', describe(percent, uuid))
  }
  const writeProcesses = () => {
    const lines = [...processes.values()].map(
      (each) => `${each.pid}|${each.name}|${each.usedMib}\n`,
    )
    replaceFile(run, 'gpu-processes', lines.join(''))
  }
  writeLoad()
  writeProcesses()
  return {
    setLoad(owner, percent) {
      if (percent > 0) loads.set(owner, percent)
      else loads.delete(owner)
      writeLoad()
    },
    setProcess(owner, process) {
      const before = processes.get(owner)
      if (process) {
        processes.set(owner, process)
        const group = process.container
          ? `0::/system.slice/docker-${process.container}.scope\n`
          : '0::/user.slice/user-1000.slice/session-1.scope\n'
        replaceFile(join(proc, `${process.pid}`), 'cgroup', group)
      } else {
        processes.delete(owner)
        if (before) rmSync(join(proc, `${before.pid}`), { recursive: true, force: true })
      }
      writeProcesses()
    },
    loadPercent,
  }
}

/** Shell assignments: GB10 answers [N/A] for its memory, since it has none of its own. */
function describe(percent: number, uuid: string): string {
  const share = percent / 100
  return [
    `gpu_uuid='GPU-${uuid}'`,
    `gpu_utilization=${percent}`,
    `gpu_temperature=${Math.round(37 + 36 * share)}`,
    `gpu_power=${(4.4 + 58 * share).toFixed(2)}`,
    `gpu_clock=${percent > 0 ? 2411 : 208}`,
    // NVML's bit for an idle GPU
    `gpu_slowed=${percent > 0 ? '0x0000000000000000' : '0x0000000000000001'}`,
    `gpu_pstate=${percent > 0 ? 'P0' : 'P8'}`,
    '',
  ].join('\n')
}
