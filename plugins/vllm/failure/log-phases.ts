import { readLogLine } from './log-line.ts'

/** The phases of a load in their order, as jobs show them. */
const LOAD_PHASES = [
  'starting engine',
  'downloading',
  'loading weights',
  'compiling',
  'sizing cache',
  'tuning',
  'capturing graphs',
  'opening port',
] as const
export type LoadPhase = (typeof LOAD_PHASES)[number]

interface PhaseLine {
  phase: LoadPhase
  pattern: RegExp
  /** Group 1 is the percent done of this phase. */
  isBar?: boolean
}

/** What vLLM writes while it starts (0.1x to 0.29). Any of these may be absent; none is waited for. */
const PHASE_LINES: readonly PhaseLine[] = [
  { phase: 'starting engine', pattern: /Initializing a V1 LLM engine/ },
  { phase: 'starting engine', pattern: /Resolved architecture: \S+/ },
  { phase: 'downloading', pattern: /Fetching \d+ files:\s+(\d+)%/, isBar: true },
  { phase: 'downloading', pattern: /Time spent downloading weights for \S+: [\d.]+ seconds/ },
  { phase: 'loading weights', pattern: /Starting to load model \S+?\.\.\./ },
  {
    phase: 'loading weights',
    pattern: /Loading (?:fast)?safetensors checkpoint shards:\s+(\d+)% Completed/,
    isBar: true,
  },
  { phase: 'loading weights', pattern: /^\s*(\d+)% Completed \| \d+\/\d+/, isBar: true },
  { phase: 'loading weights', pattern: /Checkpoint size: [\d.]+ GiB/ },
  { phase: 'loading weights', pattern: /Loading weights took [\d.]+ seconds/ },
  { phase: 'compiling', pattern: /Model loading took [\d.]+ GiB/ },
  { phase: 'compiling', pattern: /Dynamo bytecode transform time: [\d.]+ s/ },
  { phase: 'compiling', pattern: /Compiling a graph for .* takes [\d.]+ s/ },
  { phase: 'compiling', pattern: /Initial profiling\/warmup run took [\d.]+ s/ },
  { phase: 'sizing cache', pattern: /Estimated CUDA graph memory: -?[\d.]+ GiB/ },
  { phase: 'sizing cache', pattern: /Available KV cache memory: -?[\d.]+ GiB/ },
  { phase: 'sizing cache', pattern: /GPU KV cache size: [\d,]+ tokens/ },
  { phase: 'tuning', pattern: /\[Autotuner\]: Autotuning process/ },
  { phase: 'capturing graphs', pattern: /Capturing CUDA graphs \([^)]+\):\s+(\d+)%/, isBar: true },
  { phase: 'capturing graphs', pattern: /Graph capturing finished in \d+ secs/ },
  { phase: 'opening port', pattern: /init engine (?:\(.*\) )?took [\d.]+ s/ },
  { phase: 'opening port', pattern: /Starting vLLM (?:API )?server .*on http/ },
  { phase: 'opening port', pattern: /Application startup complete/ },
]

/** Where in the whole load a phase begins and ends, in percent; from loads seen on GB10. */
const SPANS: Record<LoadPhase, [from: number, to: number]> = {
  'starting engine': [2, 6],
  downloading: [6, 8],
  'loading weights': [8, 62],
  compiling: [62, 76],
  'sizing cache': [76, 80],
  tuning: [80, 84],
  'capturing graphs': [84, 94],
  'opening port': [94, 97],
}

export interface LoadProgress {
  phase: LoadPhase | null
  percent: number
}

/** Follows a load line by line. Phase and percent only ever move forward. */
export function createLogReader(): {
  /** Reads a line; says whether it was a progress bar, and where the load stands. */
  read(line: string): LoadProgress & { isBar: boolean }
} {
  let current = -1
  let percent = 0
  const standing = (isBar: boolean) => ({ phase: LOAD_PHASES[current] ?? null, percent, isBar })
  return {
    read(line) {
      const { text } = readLogLine(line)
      const isBarLine = /\d+%\s*(\||Completed)/.test(text)
      for (const { phase, pattern, isBar } of PHASE_LINES) {
        const match = pattern.exec(text)
        if (!match) continue
        const at = LOAD_PHASES.indexOf(phase)
        // a drafter's second pass over shards must not throw the bar back
        if (at < current) break
        current = at
        const [from, to] = SPANS[phase]
        const done = isBar ? Math.min(100, Number(match[1])) / 100 : 0
        percent = Math.max(percent, Math.round(from + (to - from) * done))
        break
      }
      return standing(isBarLine)
    },
  }
}
