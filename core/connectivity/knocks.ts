import { connect } from 'node:net'
import type { Clock } from '../plugin.ts'

/** A port that is knocked at. */
export interface Door {
  service: string
  /** IPv4 address: a name would be resolved at every knock. */
  address: string
  port: number
}

const EVERY_MS = 1_000
/** Knocks a second at the most, over all doors: a knock costs about 0.1 ms of a core. */
const MOST_A_SECOND = 100
const PATIENCE_MS = 900

/**
 * Opens a connection to each door and closes it again, once a second or as often as the number of
 * doors allows. Nothing is sent, so that no server has work of it; a port that refuses between two
 * polls is noticed. Silence says nothing: a busy server answers late.
 */
export function startKnocks(options: {
  doors(): readonly Door[]
  onKnock(service: string, isOpen: boolean): void
  clock: Clock
}): { stop(): void } {
  const { doors, onKnock, clock } = options
  const over = new AbortController()
  const knockAt = async ({ service, ...door }: Door): Promise<void> => {
    const isOpen = await knock(door, over.signal)
    if (isOpen !== undefined && !over.signal.aborted) onKnock(service, isOpen)
  }
  const rounds = async (): Promise<void> => {
    for (let pauseMs = EVERY_MS; ; ) {
      await clock.sleep(pauseMs, over.signal).catch(() => {}) // stopped: the next line ends it
      if (over.signal.aborted) return
      const all = doors()
      await Promise.all(all.map(knockAt))
      pauseMs = Math.max(EVERY_MS, (all.length / MOST_A_SECOND) * 1000)
    }
  }
  void rounds()
  return { stop: () => over.abort() }
}

/** True: somebody took the connection. False: it was refused. Undefined: neither, in time. */
function knock(
  { address, port }: Omit<Door, 'service'>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, family: 4, timeout: PATIENCE_MS, signal })
    const end = (isOpen: boolean | undefined): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(undefined))
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      end(code === 'ECONNREFUSED' ? false : undefined),
    )
  })
}
