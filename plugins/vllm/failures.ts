import { withoutPrefix } from './log-phases.ts'

export interface Failure {
  kind: string
  /** What went wrong, in plain words with the figures of the line. */
  message: string
  /** What an expert would do. */
  hint: string
  /** The line it was read from. */
  line: string
}

interface FailureLine {
  kind: string
  pattern: RegExp
  message(match: RegExpExecArray): string
  hint: string | ((match: RegExpExecArray) => string)
}

/** The lines that name a cause. Order is that of the log, not of this table. */
const SPECIFIC: readonly FailureLine[] = [
  {
    kind: 'memory-busy',
    pattern:
      /Free memory on device (?:\S+ )?\(([\d.]+)\/([\d.]+) GiB\) on startup is less than desired GPU memory utilization \(([\d.]+), ([\d.]+) GiB\)/,
    message: ([, free, total, share, wanted]) =>
      `only ${free} of ${total} GiB were free, ${wanted} GiB were asked for (gpu_memory_utilization ${share})`,
    hint: 'On memory shared with the GPU this is often page cache: wait a minute and load again, or lower gpu_memory_utilization below the free share.',
  },
  {
    kind: 'kv-none',
    pattern: /No available memory for the cache blocks/,
    message: () => 'after the weights no memory was left for the cache',
    hint: 'Raise gpu_memory_utilization, or choose smaller weights or more machines.',
  },
  {
    kind: 'kv-small',
    pattern:
      /max seq len \((\d+)\), \(?([\d.]+) GiB KV cache is needed, which is larger than the available KV cache memory \(([\d.]+) GiB\)(?:.*estimated maximum model length is (\d+))?/,
    message: ([, length, needed, available]) =>
      `a context of ${length} tokens needs ${needed} GiB of cache, ${available} GiB are left`,
    hint: ([, , , , fits]) =>
      fits ? `Set max_model_len to ${fits} or less.` : 'Lower max_model_len.',
  },
  {
    kind: 'oom',
    pattern: /CUDA out of memory\. Tried to allocate|OutOfMemoryError/,
    message: () => 'the GPU ran out of memory',
    hint: 'Lower gpu_memory_utilization or max_model_len, or stop what else uses the memory.',
  },
  {
    kind: 'arch',
    pattern:
      /Model architectures \[([^\]]*)\] (?:are not supported for now|failed to be inspected)|model type .* but Transformers does not recognize/,
    message: ([, name]) =>
      name
        ? `the engine does not know the architecture ${name}`
        : 'the engine does not know the type of this model',
    hint: 'The image is older than the model: build or pull a newer one and set image.',
  },
  {
    kind: 'remote-code',
    pattern: /trust_remote_code=True/,
    message: () => 'the model brings its own code, which is not allowed to run',
    hint: 'If you trust the publisher, add --trust-remote-code to args.',
  },
  {
    kind: 'parser',
    pattern: /invalid (tool call|reasoning) parser: (\S+)/,
    message: ([, what, name]) => `the engine has no ${what} parser ${name}`,
    hint: 'The image is older than the recipe, or the name is misspelt: change the parser or the image.',
  },
  {
    kind: 'context',
    pattern: /User-specified max_model_len \((\d+)\) is greater than the derived/,
    message: ([, length]) => `max_model_len ${length} is more than the model was made for`,
    hint: 'Lower max_model_len, or leave it out.',
  },
  {
    kind: 'argument',
    pattern: /(?:vllm serve|api_server\.py|vllm): error: (.*)/,
    message: ([, what]) => `the engine refuses an argument: ${what}`,
    hint: 'Change args in the settings of the model; the image may be older than the flag.',
  },
  {
    kind: 'port',
    pattern: /address already in use/i,
    message: () => 'the port is taken by another program',
    hint: 'Stop what listens there (ss -ltnp on the host), or change port in topology.yaml.',
  },
  {
    kind: 'network',
    pattern: /NCCL error: (.*)|ncclSystemError|DistBackendError|unhandled system error/,
    message: ([, what]) => `the machines could not talk to each other${what ? `: ${what}` : ''}`,
    hint: 'Look at the cable and addresses of the fast link (ibdev2netdev on both machines).',
  },
  {
    kind: 'hub',
    pattern:
      /GatedRepoError|401 Client Error|LocalEntryNotFoundError|Access to model .* is restricted/,
    message: () => 'a file of the model is not on the disk, and fetching is off',
    hint: 'Download the model again on every machine it runs on.',
  },
]

/** Python's own last words, where no line above is known. */
const EXCEPTIONS: readonly FailureLine[] = [
  {
    kind: 'error',
    pattern:
      /^(?!.*(?:See root cause above|EngineDeadError))(?:\w+\.)*(\w*(?:Error|Exception)): (.+)/,
    message: ([, name, what]) => `${name}: ${what}`,
    hint: 'Look at the lines above it in the log.',
  },
]

const GENERIC: readonly FailureLine[] = [
  {
    kind: 'runtime',
    pattern: /EngineDeadError|died unexpectedly, shutting down executor/,
    message: () => 'the engine died',
    hint: 'Look at the lines above it in the log.',
  },
  {
    kind: 'engine',
    pattern: /Engine core initialization failed|EngineCore failed to start/,
    message: () => 'the engine could not start',
    hint: 'Look at the lines above it in the log.',
  },
]

/** The first line that names a cause; failing that, the first that says something failed. */
export function findFailure(lines: readonly string[]): Failure | undefined {
  return firstOf(lines, SPECIFIC) ?? firstOf(lines, EXCEPTIONS) ?? firstOf(lines, GENERIC)
}

function firstOf(lines: readonly string[], table: readonly FailureLine[]): Failure | undefined {
  for (const line of lines) {
    const text = withoutPrefix(line).trim()
    for (const { kind, pattern, message, hint } of table) {
      const match = pattern.exec(text)
      if (!match) continue
      return {
        kind,
        line: text,
        message: message(match),
        hint: typeof hint === 'string' ? hint : hint(match),
      }
    }
  }
  return undefined
}
