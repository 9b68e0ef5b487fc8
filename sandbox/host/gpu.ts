import { replaceFile } from './memory.ts'

/** A process that holds GPU memory. */
export interface GpuProcess {
  pid: number
  name: string
  usedMib: number
}

/** What nvidia-smi shows: how busy the GPU is and who is on it. */
export interface Gpu {
  /** Sets how many percent one owner uses; 0 takes it off. */
  setLoad(owner: string, percent: number): void
  setProcess(owner: string, process: GpuProcess | undefined): void
  loadPercent(): number
}

/** GPU of one host; keeps `<run>/gpu` and `<run>/gpu-processes`, which the nvidia-smi stand-in reads. */
export function createGpu(run: string, uuid: string): Gpu {
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
      if (process) processes.set(owner, process)
      else processes.delete(owner)
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
    `gpu_pstate=${percent > 0 ? 'P0' : 'P8'}`,
    '',
  ].join('\n')
}
