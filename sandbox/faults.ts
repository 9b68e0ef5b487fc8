import { SPEECH_FAULTS } from './speech/faults.ts'

/** What the next launch on a host can be made to do; consumed by that launch. */
export const LAUNCH_FAULTS = [
  'oom',
  'crash',
  'slow',
  'hang',
  'kv-small',
  'kv-none',
  'memory-busy',
  'port',
  'arch',
  'parser',
  'remote-code',
  'hub',
  'nccl',
  'missing-image',
  'dispatch-without-container',
] as const

export type LaunchFault = (typeof LAUNCH_FAULTS)[number]

const CHOICES = {
  next_launch: LAUNCH_FAULTS,
  ssh: ['refuse', 'freeze', 'drop'],
  engine: ['die', 'die-mid-stream', 'hang-mid-stream'],
  http: ['refuse', 'hang', 'error'],
  docker: ['down', 'denied', 'stuck'],
  busy: [true],
  memory: ['falls'],
  host: ['reboot'],
  hub: ['offline', 'full'],
  tts: ['refuse', 'hang', 'busy', 'error', 'cut'],
  bot: ['broken', 'key'],
  qdrant: ['busy', 'full', 'stalls', 'down'],
  speech: SPEECH_FAULTS,
} as const

/** The faults in force on one host. */
export type HostFaults = { -readonly [K in keyof typeof CHOICES]?: (typeof CHOICES)[K][number] }

/** The faults of one host, with those who want to know of changes. */
export interface FaultBox {
  current(): HostFaults
  /** Resolves once they are in force: ports are open or closed. */
  set(faults: HostFaults): Promise<void>
  /** Ends one fault, because it has been used up. */
  end(name: keyof HostFaults): void
  /** The fault of the next launch, taken. */
  takeLaunch(): LaunchFault | undefined
  /** Calls back on every change; returns how to leave. */
  watch(listener: Listener): () => void
}

/** What it returns is waited for by who sets the faults, and does not reject. */
type Listener = (faults: HostFaults) => unknown

/** A host without faults. */
export function createFaultBox(): FaultBox {
  let faults: HostFaults = {}
  const listeners = new Set<Listener>()
  const set = async (next: HostFaults) => {
    faults = next
    // one that was called before may have ended what another listens for
    await Promise.all(
      [...listeners].map((each) => (listeners.has(each) ? each(faults) : undefined)),
    )
  }
  return {
    current: () => faults,
    set,
    end(name) {
      const { [name]: _used, ...rest } = faults
      void set(rest)
    },
    takeLaunch() {
      const { next_launch, ...rest } = faults
      if (next_launch) void set(rest)
      return next_launch
    },
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** A request body as faults, or every mistake in it. */
export function parseFaults(body: unknown): { faults: HostFaults } | { mistakes: string[] } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { mistakes: ['the body must be a JSON object'] }
  }
  const mistakes: string[] = []
  const faults: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    const choices: readonly unknown[] | undefined = Object.hasOwn(CHOICES, name)
      ? CHOICES[name as keyof typeof CHOICES]
      : undefined
    if (!choices) mistakes.push(`${name} is no fault; there are ${Object.keys(CHOICES).join(', ')}`)
    else if (value === null || value === false) continue
    else if (choices.includes(value)) faults[name] = value
    else mistakes.push(`${name} is ${JSON.stringify(value)}; possible are ${choices.join(', ')}`)
  }
  return mistakes.length > 0 ? { mistakes } : { faults: faults as HostFaults }
}
