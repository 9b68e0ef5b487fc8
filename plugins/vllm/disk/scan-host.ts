import { type Host, script } from '#core'
import { type ConfigFacts, readFacts } from '../config/config-facts.ts'
import { vllmError } from '../errors.ts'
import { type JudgedModel, judgeDisk, type Remembered } from './scan-judge.ts'
import { parseScan, type SeenDisk } from './scan-records.ts'
import { SCAN_SCRIPT } from './scan-script.ts'

/** One model on one disk, with what its config.json says. */
export type DiskModel = Omit<
  JudgedModel,
  'config' | 'quantConfig' | 'markers' | 'isPooled' | 'shards' | 'tree'
> & { facts: ConfigFacts | null }

/** What one host's disk held when it was last read. */
export interface HostScan {
  host: string
  scannedAt: number
  /** Why the newest attempt failed; the rest is then from the one before. */
  error: string | null
  /** Something the owner should know although the scan went well. */
  warning: string | null
  hubPath: string | null
  memoryBytes: number | null
  /** Null where the GPU shares the machine's memory. */
  gpuMemoryBytes: number | null
  /** GPUs with memory of their own; absent from what an earlier version kept. */
  gpuCount?: number
  disk: SeenDisk['disk']
  models: DiskModel[]
}

/** What is known of a revision, so that its small files need not travel every minute. */
export type Memory = Map<string, Remembered & { facts: ConfigFacts | null }>

/** A command line longer than this is refused by Linux, so nothing is said to be known. */
const MAX_KNOWN_CHARS = 60_000
const MAX_SCAN_BYTES = 128 * 2 ** 20

/** Reads one host's disk in one round trip. `memory` is read and brought up to date. */
export async function scanHost(
  host: Host,
  memory: Memory,
  now: number,
  signal: AbortSignal,
): Promise<HostScan> {
  const { stdout } = await host.run(
    script(SCAN_SCRIPT, host.spec.hf_home ?? '', knownWord(memory), ...host.spec.model_dirs),
    { signal, timeoutMs: 120_000, maxOutputBytes: MAX_SCAN_BYTES },
  )
  const seen = parseScan(stdout)
  if (!seen) throw vllmError('SCAN_FAILED', `the scan of ${host.id} was cut short`)
  const { models } = judgeDisk(seen, (folder, revision) => memory.get(`${folder}@${revision}`))
  return {
    host: host.id,
    scannedAt: now,
    error: null,
    warning: warningOf(seen),
    hubPath: seen.hub?.path ?? null,
    memoryBytes: seen.memoryBytes,
    gpuMemoryBytes: seen.gpuMemoryBytes,
    gpuCount: seen.gpuCount,
    disk: seen.disk,
    models: remember(models, memory),
  }
}

/** Keeps what whole revisions taught, forgets the others, and drops the bulky texts. */
function remember(models: JudgedModel[], memory: Memory): DiskModel[] {
  const before = new Map(memory)
  memory.clear()
  return models.map(({ config, quantConfig, markers, isPooled, shards, tree, ...model }) => {
    const name = `models--${model.key}@${model.revision}`
    const facts =
      config === undefined
        ? (before.get(name)?.facts ?? null)
        : (readFacts({ config, quantConfig, markers, isPooled }) ?? null)
    if (model.source === 'hf-cache' && model.state === 'ready' && facts) {
      memory.set(name, { facts, ...(shards && { shards }), ...(tree && { tree }) })
    }
    return { ...model, facts }
  })
}

function knownWord(memory: Memory): string {
  if (memory.size === 0) return ''
  const word = ` ${[...memory.keys()].join(' ')} `
  return word.length > MAX_KNOWN_CHARS ? '' : word
}

function warningOf({ hub, hubMissing }: SeenDisk): string | null {
  if (hubMissing?.reason === 'unreadable') {
    return `${hubMissing.path} cannot be read by the login user`
  }
  // the launcher mounts HF_HOME only, so a container would not see these models
  if (hub?.source === 'HF_HUB_CACHE' || hub?.source === 'HUGGINGFACE_HUB_CACHE') {
    return `the cache is at ${hub.path} by ${hub.source}; the launcher mounts HF_HOME, so set hf_home of the host`
  }
  return null
}
