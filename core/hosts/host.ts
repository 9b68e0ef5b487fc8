import type { Command } from './sh.ts'

export interface ExecOptions {
  /** Aborting kills the remote process group and rejects with the signal's reason. */
  signal?: AbortSignal
  /** Text or bytes for standard input, then end of file. Without it, input is empty. */
  input?: string | Uint8Array
  /** Called for each whole line as it comes. `\r` ends a line too (progress bars). */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /**
   * Deadline in ms, from the command's turn on; default 30 000. `null` for commands that are
   * followed until aborted. Give commands that take over a minute their true deadline: up to 6 of
   * them (and of followed ones) run beside 4 short ones, so neither waits for the other.
   */
  timeoutMs?: number | null
  /** Most bytes kept of each stream (the last ones); default 4 MiB. */
  maxOutputBytes?: number
}

export interface ExecResult {
  /** The exit status. Never null: a lost connection throws HOST_LOST (outcome unknown) instead. */
  code: number
  stdout: string
  stderr: string
  /** Whether the beginning of a stream was dropped because of `maxOutputBytes`. */
  isTruncated: boolean
  durationMs: number
}

/**
 * A machine of the topology. `exec` resolves for any exit status and throws a ControlError
 * (HOST_*) when the outcome is unknown or the host cannot be reached.
 */
export interface Host {
  readonly id: string
  /** IP address or name, for HTTP. */
  readonly address: string
  readonly spec: HostSpec
  exec(command: Command, options?: ExecOptions): Promise<ExecResult>
  /** Like exec, but an exit status other than 0 throws COMMAND_FAILED with the last lines of stderr. */
  run(command: Command, options?: ExecOptions): Promise<ExecResult>
}

/** A host as the topology gives it, defaults filled in. */
export interface HostSpec {
  address: string
  /** Login name; none means the host is reached by HTTP only. */
  user?: string
  ssh: { port: number; key?: string }
  /** Address on the fast link between hosts. */
  fabric?: string
  /** HF_HOME on the host; default: what the host's own environment says. */
  hf_home?: string
  model_dirs: string[]
  container_runtime: 'docker' | 'podman'
  memory: 'auto' | 'unified' | 'discrete'
  /** Free room under which the owner is told: `20g` (what a topology has by itself), `500m` or `off`. */
  disk_low?: string
  /** The controller runs on this very machine: commands run without SSH. */
  local: boolean
}
