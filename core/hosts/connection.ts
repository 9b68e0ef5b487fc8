import type { Client } from 'ssh2'
import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import { type Ended, isChannelRefused, runOnChannel } from './channel.ts'
import { lost } from './collect.ts'
import type { Target } from './diagnose.ts'
import { type Dial, dial } from './dial.ts'
import { type Job, type Outcome, perform, type Shell } from './exec.ts'
import type { ExecOptions, ExecResult } from './host.ts'
import { orAborted } from './limit.ts'
import { wrap } from './remote-command.ts'
import type { Command } from './sh.ts'
import { Slots } from './slots.ts'
import type { Timing } from './timing.ts'

export interface ConnectionOptions extends Pick<Dial, 'keyPair' | 'judge' | 'knownTypes'> {
  target: Target
  clock: Clock
  timing: Timing
  /** Aborted when the controller ends: closes the connection. */
  closing: AbortSignal
  /** 0 ≤ n < 1, for the jitter. */
  random(): number
  /** Told when the connection ends that had worked and that nobody here ended. */
  lost?(hostId: string): void
}

type State =
  | { is: 'idle' }
  | { is: 'connecting'; ready: Promise<Client> }
  | { is: 'ready'; client: Client }
  /** Callers get the error at once until then. */
  | { is: 'down'; error: unknown; untilMs: number }
  | { is: 'closed' }

/** One kept SSH connection to a host as one user; made when it is first needed. */
export class Connection implements Shell {
  readonly #options: ConnectionOptions
  readonly #slots: Slots
  readonly #closed = new AbortController()
  #state: State = { is: 'idle' }
  #failures = 0
  #hasWorked = false
  #isRetired = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#slots = new Slots(options.target.hostId)
    options.closing.addEventListener('abort', () => this.close(), {
      once: true,
      signal: this.#closed.signal,
    })
  }

  /** See Host.exec. */
  async exec(command: Command, options: ExecOptions = {}): Promise<ExecResult> {
    const { clock, target } = this.#options
    const transport = { hostId: target.hostId, clock, slots: this.#slots, run: this.#run }
    try {
      return await perform(transport, command, options)
    } finally {
      this.#closeIfRetired()
    }
  }

  /** Forgets a failure, so that the next caller connects at once. */
  retry(): void {
    if (this.#state.is === 'down') this.#state = { is: 'idle' }
    this.#failures = 0
  }

  /** Takes no new commands; lets those that run end, then closes. */
  retire(): void {
    this.#isRetired = true
    this.#closeIfRetired()
  }

  /** Closes now. Commands that run are settled as HOST_LOST. */
  close(): void {
    const before = this.#state
    this.#state = { is: 'closed' }
    this.#closed.abort(closed(this.#options.target.hostId))
    if (before.is === 'ready') before.client.destroy()
  }

  #closeIfRetired() {
    if (this.#isRetired && this.#slots.inUse === 0) this.close()
  }

  #connect(): Promise<Client> {
    const state = this.#state
    if (state.is === 'ready') return Promise.resolve(state.client)
    if (state.is === 'connecting') return state.ready
    if (state.is === 'closed') return Promise.reject(closed(this.#options.target.hostId))
    if (state.is === 'down' && this.#options.clock.now() < state.untilMs)
      return Promise.reject(state.error)
    const ready = this.#dial()
    this.#state = { is: 'connecting', ready }
    return ready
  }

  async #dial(): Promise<Client> {
    const { timing } = this.#options
    try {
      const client = await dial({ ...this.#options, ...timing }, this.#closed.signal)
      if (this.#closed.signal.aborted) {
        client.destroy()
        throw this.#closed.signal.reason
      }
      client.setMaxListeners(50) // one per channel that is being opened
      this.#state = { is: 'ready', client }
      this.#hasWorked = false
      client.once('close', () => this.#onClose(client))
      return client
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  /** A connection that ended before any command began counts as a failed connect. */
  #onClose(client: Client) {
    if (this.#state.is !== 'ready' || this.#state.client !== client) return
    this.#state = { is: 'idle' }
    const { hostId } = this.#options.target
    if (this.#hasWorked) this.#options.lost?.(hostId)
    else this.#fail(new ControlError('HOST_UNREACHABLE', `${hostId} let us in, then hung up`))
  }

  #fail(error: unknown) {
    if (this.#state.is === 'closed') return
    const { clock, timing, random } = this.#options
    this.#failures += 1
    const longMs = Math.min(
      timing.backoffMs.longest,
      timing.backoffMs.first * 2 ** (this.#failures - 1),
    )
    // between half and the whole, so that hosts that went away together do not come back together
    const pauseMs = longMs * (0.5 + random() / 2)
    this.#state = { is: 'down', error, untilMs: clock.now() + pauseMs }
  }

  readonly #run = async ({ command, text, input, output, signal }: Job): Promise<Outcome> => {
    const { clock, timing, target } = this.#options
    const wrapped = wrap(text)
    const client = await orAborted(this.#connect(), signal)
    let ended: Ended
    try {
      ended = await runOnChannel({
        client,
        text: wrapped,
        input,
        onBegun: () => {
          this.#failures = 0
          this.#hasWorked = true
        },
        onStdout: output.stdout,
        onStderr: output.stderr,
        signal,
        clock,
        killGraceMs: timing.killGraceMs,
      })
    } catch (error) {
      if (isChannelRefused(error)) throw noSession(target, error)
      throw signal.aborted ? signal.reason : lost(target.hostId, command, error)
    }
    if (ended.code !== null && !ended.isStarted && !signal.aborted) throw notStarted(target, ended)
    return ended
  }
}

function closed(hostId: string): ControlError {
  return new ControlError('HOST_LOST', `the connection to ${hostId} was closed by the controller`)
}

function noSession({ hostId }: Target, cause: unknown): ControlError {
  return new ControlError('OVERLOADED', `sshd on ${hostId} opens no more sessions for us`, {
    hint: 'ask again in a moment; is MaxSessions in its sshd_config lower than 10?',
    retryAfterS: 1,
    cause,
  })
}

function notStarted(target: Target, { noise }: Ended): ControlError {
  return new ControlError(
    'HOST_AUTH_FAILED',
    `${target.hostId} lets ${target.user} in but runs no commands for this user${noise ? `: ${noise.slice(0, 200)}` : ''}`,
    {
      hint: 'the user needs a login shell such as /bin/sh or /bin/bash, and no ForceCommand in sshd_config nor command= before the key',
    },
  )
}
