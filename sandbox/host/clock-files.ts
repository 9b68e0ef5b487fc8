import type { Gpu } from './gpu.ts'
import { replaceFile } from './memory.ts'

/** Keeps `<proc>/uptime` and `<proc>/loadavg` live until the signal aborts; returns its reboot. */
export function keepClockFiles(proc: string, gpu: Gpu, closing: AbortSignal): () => void {
  let startedAt = Date.now() - BOOTED_BEFORE_MS
  const write = () => {
    const upS = (Date.now() - startedAt) / 1000
    replaceFile(proc, 'uptime', `${upS.toFixed(2)} ${(upS * 19.2).toFixed(2)}\n`)
    const load = 0.2 + gpu.loadPercent() / 40
    const loads = [load, load * 0.9, load * 0.7].map((each) => each.toFixed(2)).join(' ')
    replaceFile(proc, 'loadavg', `${loads} 2/812 4711\n`)
  }
  write()
  const timer = setInterval(write, 2000)
  timer.unref()
  closing.addEventListener('abort', () => clearInterval(timer), { once: true })
  return () => {
    startedAt = Date.now()
    write()
  }
}

/** The simulated machines claim to run for nine days. */
const BOOTED_BEFORE_MS = 9.3 * 24 * 3600 * 1000
