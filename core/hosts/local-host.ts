import { type ChildProcess, spawn } from 'node:child_process'
import { homedir } from 'node:os'
import type { Clock } from '../plugin.ts'
import { type Job, type Outcome, perform, type Shell } from './exec.ts'
import type { ExecOptions, ExecResult } from './host.ts'
import { settlesWithin } from './limit.ts'
import { wrap } from './remote-command.ts'
import type { Command } from './sh.ts'
import { Slots } from './slots.ts'

export interface LocalOptions {
  hostId: string
  clock: Clock
  killGraceMs: number
  /** Aborted when the controller ends: stops what runs. */
  closing: AbortSignal
}

/** Runs commands on the controller's own machine, with the same rules as over SSH. */
export class LocalShell implements Shell {
  readonly #options: LocalOptions
  readonly #slots: Slots

  constructor(options: LocalOptions) {
    this.#options = options
    this.#slots = new Slots(options.hostId)
  }

  /** See Host.exec. */
  async exec(command: Command, options: ExecOptions = {}): Promise<ExecResult> {
    const { hostId, clock, closing } = this.#options
    const { signal } = options
    return await perform({ hostId, clock, slots: this.#slots, run: this.#run }, command, {
      ...options,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    })
  }

  retry(): void {} // nothing fails for longer than one command

  retire(): void {} // nothing is kept open

  readonly #run = async ({ text, input, output, signal }: Job): Promise<Outcome> => {
    wrap(text) // refuses here what SSH would refuse
    // Detached makes a process group of its own, as sshd does.
    const child = spawn('/bin/sh', ['-c', text], {
      cwd: homedir(),
      env: loginEnvironment(process.env),
      detached: true,
      stdio: 'pipe',
    })
    child.stdout.on('data', output.stdout)
    child.stderr.on('data', output.stderr)
    child.stdin.on('error', () => {}) // a command that does not read its stdin: the status tells
    child.stdin.end(input)
    const exit = Promise.withResolvers<Outcome>()
    child.on('error', exit.reject)
    child.on('close', (code, killedBy) =>
      exit.resolve({ code: code ?? 128 + signalNumber(killedBy), isOver: true }),
    )

    const stopped = Promise.withResolvers<Outcome>()
    const stop = () => {
      this.#kill(child, exit.promise).then(
        () => stopped.resolve({ code: null, isOver: false }),
        stopped.reject,
      )
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([exit.promise, stopped.promise])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #kill(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
    const { killGraceMs, clock } = this.#options
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal)
      } catch {
        // ESRCH: the group ended by itself in this very moment
      }
      if (await settlesWithin(exit, killGraceMs, clock)) return
    }
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
}

// What sshd would give, and what container tools need; never the controller's own secrets.
const PASSED = /^(HOME|USER|LOGNAME|SHELL|PATH|LANG|LC_\w+|TZ|HF_HOME|XDG_RUNTIME_DIR|DOCKER_HOST)$/

function loginEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => PASSED.test(name)))
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : signal === 'SIGINT' ? 2 : 1
}
