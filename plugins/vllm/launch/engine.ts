import type { Command, Host } from '#core'
import type { Memory } from '../fit/read-memory.ts'

/** What carries an engine, a container or a process, as one look found it. */
export type EngineLook = { memory: Memory | null } & (
  | { state: 'absent' }
  | {
      state: 'running' | 'stopped'
      /** Another one each time an engine is started. */
      id: string
      image: string
      startedAt: string | null
      /** null where nobody was there to read it. */
      exitCode: number | null
      isOomKilled: boolean
      /** Command lines of the engine's processes; empty when it has died. */
      engines: string[]
      /** The service it was started for, where that is written on it. */
      owner: string | null
    }
)

/** What one service's engine runs in: how it is looked at, followed and ended, on any machine. */
export interface Engine {
  /** What it is called on the machine: `vllm_node`. */
  readonly name: string
  /** The same in a sentence: `the container vllm_node`. */
  readonly thing: string
  /** Whether one that ended by itself stays, with its log, until it is removed. */
  readonly isKept: boolean
  /** Throws HOST_* when the machine cannot be asked, CONTAINER_RUNTIME for what docker refuses. */
  look(host: Host, signal?: AbortSignal): Promise<EngineLook>
  /** Ends it, and removes it where it would stay. One that is not there counts as ended. */
  stop(runtime: string): Command
  /** Removes one that has ended. */
  remove(runtime: string): Command
  /** What to do by hand about one that does not end. */
  byHand(runtime: string): string
  /** Follows its log, from the beginning or from the last lines, until aborted. */
  follow(runtime: string, tail?: number): Command
  /** The last lines of its log. */
  tail(runtime: string, lines: number): Command
}
