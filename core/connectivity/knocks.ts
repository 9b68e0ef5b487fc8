import { connect } from 'node:net'
import type { Clock } from '../plugin.ts'

/** A port that is knocked at. */
export interface Door {
  service: string
  /** IPv4 address: a name would be resolved at every knock. */
  address: string
  port: number
}

/** Between two knocks at a door. */
const EVERY_MS = 1_000
/** Doors knocked at together, and the pause after them: a knock costs about 0.1 ms of a core. */
const TOGETHER = 10
const STEP_MS = 100
/** Shorter than the pause between two knocks at a door, so that none are beside each other. */
const PATIENCE_MS = 900

/**
 * Opens a connection to each door and closes it again, once a second or as often as the number of
 * doors allows. Nothing is sent, so that no server has work of it; a port that refuses between two
 * polls is noticed. Silence says nothing: a busy server answers late. Doors that are silent hold up
 * no others, and many are spread over time instead of all at once.
 */
export function startKnocks(options: {
  doors(): readonly Door[]
  onKnock(service: string, isOpen: boolean): void
  clock: Clock
  knock?: Knock
}): { stop(): void } {
  const { doors, onKnock, clock, knock = knockByTcp } = options
  const over = new AbortController()
  const underway = new Set<() => void>()
  const knockAt = (door: Door): void => {
    const giveUp = knock(door, (isOpen) => {
      if (underway.delete(giveUp) && isOpen !== undefined) onKnock(door.service, isOpen)
    })
    underway.add(giveUp)
  }
  // Stopped, it ends at once, and whoever paused asks.
  const pause = (ms: number) => clock.sleep(ms, over.signal).catch(() => {})
  const rounds = async (): Promise<void> => {
    await pause(EVERY_MS)
    while (!over.signal.aborted) {
      const all = doors()
      let leftMs = EVERY_MS
      for (let n = 0; n < all.length && !over.signal.aborted; n += TOGETHER) {
        for (const door of all.slice(n, n + TOGETHER)) knockAt(door)
        await pause(STEP_MS)
        leftMs -= STEP_MS
      }
      if (leftMs > 0) await pause(leftMs)
    }
  }
  void rounds()
  return {
    stop() {
      over.abort()
      for (const giveUp of underway) giveUp()
      underway.clear()
    },
  }
}

/**
 * One knock. Tells later, never at once: true: somebody took the connection; false: it was refused;
 * undefined: neither, in time. Returns how to give it up.
 */
export type Knock = (door: Door, tell: (isOpen: boolean | undefined) => void) => () => void

const knockByTcp: Knock = ({ address, port }, tell) => {
  const socket = connect({ host: address, port, family: 4, timeout: PATIENCE_MS })
  const end = (isOpen?: boolean): void => {
    socket.destroy()
    tell(isOpen)
  }
  socket.once('connect', () => end(true))
  socket.once('timeout', () => end())
  socket.on('error', ({ code }: NodeJS.ErrnoException) =>
    end(code === 'ECONNREFUSED' ? false : undefined),
  )
  return () => socket.destroy()
}
