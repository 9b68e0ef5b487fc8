import type { EngineFaults } from './fake-upstream.ts'

export interface FakeContainer {
  id: string
  state: 'running' | 'exited'
  exitCode: number
  isOomKilled: boolean
  engines: string[]
  log: string[]
  startedAtMs: number
  /** The service on its label. */
  owner?: string
}

/** What may go wrong; all off by default. */
export interface Faults extends EngineFaults {
  /** Host ids that do not answer. */
  down: Set<string>
  help: string
  hasLauncher: boolean
  missingImages: Set<string>
  imageIds: Record<string, string>
  launch: { code?: number; output?: string; startsContainers?: boolean }
  /** The engine ends this long after the launch, having written these lines. */
  dies: { afterMs: number; log: string[]; workerLog?: string[]; exit?: 'oom' } | null
  loadMs: number
  /** Containers that a stop does not remove. */
  stuck: boolean
  /** Containers stay as "exited" after a stop. */
  withoutRm: boolean
  /** Something outside the container answers on the port. */
  foreign: string | null
  memoryStays: boolean
}

/** What an engine writes while it loads. */
export const ENGINE_LOG = [
  '(APIServer pid=1) INFO 11-24 12:00:01 [api_server.py:10] vLLM API server version 0.29.0',
  '(EngineCore_DP0 pid=9) INFO 11-24 12:00:09 [core.py:77] Initializing a V1 LLM engine (v0.29.0)',
  '(EngineCore_DP0 pid=9) INFO 11-24 12:00:12 [model.py:5] Starting to load model Org/New...',
  'Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:05<00:05,  5.0s/it]',
  'Loading safetensors checkpoint shards: 100% Completed | 2/2 [00:10<00:00,  5.0s/it]',
  '(EngineCore_DP0 pid=9) INFO 11-24 12:01:12 [core.py:99] init engine (profile) took 40.1 s',
]
