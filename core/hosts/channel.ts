import type { Client, ClientChannel } from 'ssh2'
import type { Clock } from '../plugin.ts'
import { orAborted, settlesWithin } from './limit.ts'
import { Announcement, killText } from './remote-command.ts'

export interface Run {
  client: Client
  /** A text made by wrap(). */
  text: string
  input: string | Uint8Array | undefined
  /** Called when the host has begun to run the command. */
  onBegun?(): void
  onStdout(chunk: Buffer): void
  onStderr(chunk: Buffer): void
  /** Aborting kills the process group. */
  signal: AbortSignal
  clock: Clock
  killGraceMs: number
}

export interface Ended {
  /** As a shell counts it: a command ended by signal n gives 128 + n. null: nobody knows. */
  code: number | null
  /** Whether the host began to run the command. */
  isStarted: boolean
  /** False if it was to be stopped, and whether it did is not known. */
  isOver: boolean
  /** What the login shell printed before, if the command did not begin. */
  noise: string
}

/** Runs a wrapped command on a channel of its own, until it ends, is killed, or cannot be reached. */
export async function runOnChannel(run: Run): Promise<Ended> {
  // It goes on even if nobody waits any more: a channel that opens late must still be killed.
  const opening = openPatiently(run.client, run.text, run.clock, (channel) => {
    const attending = attend(channel, run)
    attending.catch(() => {})
    return { attending }
  })
  try {
    return await (await orAborted(opening, run.signal)).attending
  } catch (error) {
    if (!run.signal.aborted) throw error
    if (!(await settlesWithin(opening, run.killGraceMs, run.clock)))
      return { code: null, isStarted: false, isOver: false, noise: '' }
    return await (await opening).attending
  }
}

/** Most characters kept of what is said on stderr before a command begins. */
const MOST_EARLY = 2_000

async function attend(channel: ClientChannel, run: Run): Promise<Ended> {
  const { signal } = run
  const announcement = new Announcement()
  const announced = Promise.withResolvers<void>()
  const exit = watchExit(channel)
  channel.on('data', (chunk: Buffer) => {
    const wasAnnounced = announcement.target !== undefined
    const own = announcement.read(chunk)
    if (!wasAnnounced && announcement.target !== undefined) {
      announced.resolve()
      run.onBegun?.()
    }
    if (own.length > 0) run.onStdout(own)
  })
  let early = ''
  channel.stderr.on('data', (chunk: Buffer) => {
    if (announcement.target === undefined) early = `${early}${chunk}`.slice(-MOST_EARLY)
    run.onStderr(chunk)
  })
  // A command that ends without reading its stdin: the exit status tells.
  channel.on('error', () => {})
  channel.end(run.input === undefined ? undefined : Buffer.from(run.input))

  const stopped = Promise.withResolvers<void>()
  const stop = () => {
    killGroup(run, announcement, Promise.race([announced.promise, exit]), exit).then(
      stopped.resolve,
      stopped.resolve,
    )
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const code = await Promise.race([exit, stopped.promise.then(() => undefined)])
  signal.removeEventListener('abort', stop)
  if (code === undefined) channel.destroy()
  return {
    code: code ?? null,
    isStarted: announcement.target !== undefined,
    isOver: code !== undefined && code !== null,
    noise: early.trim() || announcement.noise,
  }
}

async function killGroup(
  run: Run,
  announcement: Announcement,
  begun: Promise<unknown>,
  exit: Promise<unknown>,
) {
  await settlesWithin(begun, run.killGraceMs, run.clock)
  if (announcement.target === undefined) return
  for (const name of ['TERM', 'KILL'] as const) {
    // The host may answer late or never; the grace counts from here all the same.
    signalTarget(run, killText(name, announcement.target)).catch(() => {})
    if (await settlesWithin(exit, run.killGraceMs, run.clock)) return
  }
}

async function signalTarget(run: Run, text: string): Promise<void> {
  await openPatiently(run.client, text, run.clock, (channel) => {
    channel.resume()
    channel.stderr.resume()
    channel.on('error', () => {}) // the connection is gone, and the command's channel says so
  })
}

const RETRY_PAUSE_MS = 50

/** sshd frees a session a little after its command ended, so a refused channel is asked for again. */
async function openPatiently<T>(
  client: Client,
  text: string,
  clock: Clock,
  onOpen: (channel: ClientChannel) => T,
): Promise<T> {
  try {
    return await open(client, text, onOpen)
  } catch (error) {
    if (!isChannelRefused(error)) throw error
    await clock.sleep(RETRY_PAUSE_MS)
    return await open(client, text, onOpen)
  }
}

/** A refused channel has run nothing. Without `reason` the connection itself went away. */
export function isChannelRefused(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.message.includes('Channel open failure') &&
    'reason' in error &&
    error.reason !== ''
  )
}

/** `onOpen` is called at once: the exit status may stand in the same packet as the confirmation. */
function open<T>(client: Client, text: string, onOpen: (channel: ClientChannel) => T): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onClose = () => reject(new Error('the connection ended'))
  client.once('close', onClose)
  try {
    client.exec(text, (error, channel) => (error ? reject(error) : resolve(onOpen(channel))))
  } catch (error) {
    reject(error)
  }
  return promise.finally(() => client.off('close', onClose))
}

const SIGNALS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}

/** Resolves when the channel has closed: with the exit status, or null when the host sent none. */
function watchExit(channel: ClientChannel): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>()
  let exit: number | null = null
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = code ?? (signal === undefined ? null : 128 + (SIGNALS[signal] ?? 0))
  })
  channel.on('close', () => resolve(exit))
  return promise
}
