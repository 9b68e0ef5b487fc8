import type { DockerDaemon } from './docker/daemon.ts'
import type { World } from './engine/world.ts'
import type { FaultBox } from './faults.ts'
import type { Gpu } from './host/gpu.ts'
import type { HostMemory } from './host/memory.ts'
import type { Pace } from './pace.ts'

/** One simulated DGX Spark. */
export interface SimHost {
  readonly id: string
  /** Everything of the host on disk: `home`, `bin`, `proc`, `run`. */
  readonly root: string
  readonly home: string
  readonly bin: string
  readonly proc: string
  readonly run: string
  /** Its /sys/fs/cgroup, as far as containers of plain servers go. */
  readonly cgroup: string
  /** Address on the simulated fast link. */
  readonly fabric: string
  readonly memory: HostMemory
  readonly gpu: Gpu
  readonly docker: DockerDaemon
  readonly faults: FaultBox
  /** The simulated Hugging Face hub: HF_ENDPOINT of its shells. */
  readonly hubUrl: string
}

/** What the parts of one running sandbox share. */
export interface Cluster {
  readonly hosts: readonly SimHost[]
  readonly pace: Pace
  readonly random: () => number
  /** Multi-node runs by master address. */
  readonly worlds: Map<string, World>
  /** A process number that no real process can have. */
  nextPid(): number
  /** Aborts when the sandbox closes. */
  readonly closing: AbortSignal
}

/** One call of a stand-in: its words, and where its output goes. */
export interface ToolCall {
  readonly args: string[]
  readonly cwd: string
  readonly env: Record<string, string>
  out(text: string): void
  err(text: string): void
  /** Aborts when the calling process is gone. */
  readonly signal: AbortSignal
}

/** What answers a stand-in: the exit status, output on the way. */
export type Tool = (call: ToolCall, host: SimHost, cluster: Cluster) => number | Promise<number>
