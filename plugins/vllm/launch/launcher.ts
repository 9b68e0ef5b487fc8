import type { Command, Host } from '#core'
import { clusterLauncher } from './cluster-launcher.ts'
import { commandLauncher } from './command-launcher.ts'
import { containerEngine } from './container.ts'
import { dockerLauncher } from './docker-launcher.ts'
import type { Engine } from './engine.ts'
import type { Launch } from './launch.ts'
import type { LaunchSettings } from './launch-settings.ts'
import { processEngine } from './process.ts'

/** What came of a start command. */
export interface LaunchVerdict {
  /** null: it did what it should. */
  mistake: string | null
  hint?: string
}

/**
 * One way of starting an engine, for one launch. Jobs, plans and probes know nothing else of it.
 * A start is one command on the head that returns once the engine goes on by itself: neither the end
 * of the connection nor that of the controller ends it, and a later controller finds it by `look`.
 */
export interface Launcher extends Engine {
  /** Throws what would make the launch fail, before anything is stopped. Changes nothing. */
  check(hosts: readonly Host[], signal: AbortSignal): Promise<void>
  /** What starts the engine, shown in plans. */
  start(): Command
  /** What the exit status and the output of `start` say. */
  judge(code: number, output: string): LaunchVerdict
  /**
   * A pattern for the command line of a start that is still at work, left by a controller that was
   * killed; it must not match itself. null where a second start cannot do harm.
   */
  readonly starter: string | null
}

/** The launcher of a launch. */
export function launcherOf(launch: Launch): Launcher {
  switch (launch.launcher) {
    case 'launch-cluster':
      return clusterLauncher(launch)
    case 'docker':
      return dockerLauncher(launch)
    case 'command':
      return commandLauncher(launch)
  }
}

/** What the engine of a service runs in, whether or not anything was started yet. */
export function engineOf({ launcher, container, service }: EngineId): Engine {
  if (launcher === 'command') return processEngine(service)
  return containerEngine(container, { isKept: launcher === 'docker' })
}

export type EngineId = Pick<LaunchSettings, 'launcher' | 'container' | 'service'>
