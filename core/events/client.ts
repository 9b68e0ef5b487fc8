import type { SentEvent } from './ring.ts'

/** Which job lines a client wants: those of some jobs, or all. */
export type LineWish = 'all' | ReadonlySet<string>

/** Where a client's bytes go. */
export interface Outlet {
  /** Returns false when the text had to be buffered. */
  write(text: string): boolean
  /** Bytes written and not yet taken by the network. */
  bufferedBytes(): number
  /** Ends the connection at once. */
  cut(): void
}

export interface Client {
  /** Sends the whole state, however large; what may gather is counted from there. */
  open(text: string): void
  /** Sends, or keeps for later if the client is slow; cuts it when too much has gathered. */
  send(event: SentEvent): void
  /** A comment, which keeps proxies from taking the stream for dead. */
  beat(): void
  /** The network took what was written. */
  onDrain(): void
  cut(): void
}

/**
 * One reader of the stream. While it is slow, only the latest event of each subject is kept for it:
 * every event carries the whole value, so what it then gets is what it would have ended with.
 */
export function createClient(outlet: Outlet, wish: LineWish, mostBytes: number): Client {
  const waiting = new Map<string, SentEvent>()
  let waitingChars = 0
  let allowedBytes = mostBytes
  let isSlow = false
  let isCut = false
  const wants = ({ lineOf }: SentEvent) => lineOf === null || wish === 'all' || wish.has(lineOf)
  const keep = (event: SentEvent) => {
    const older = waiting.get(event.subject)
    waiting.delete(event.subject)
    waiting.set(event.subject, event)
    waitingChars += event.text.length - (older?.text.length ?? 0)
  }
  const write = (text: string) => {
    isSlow = !outlet.write(text)
  }
  const cut = () => {
    isCut = true
    waiting.clear()
    outlet.cut()
  }
  return {
    open(text) {
      write(text)
      allowedBytes = mostBytes + outlet.bufferedBytes()
    },
    send(event) {
      if (isCut || !wants(event)) return
      if (isSlow) keep(event)
      else write(event.text)
      if (outlet.bufferedBytes() + waitingChars > allowedBytes) cut()
    },
    beat() {
      if (!isCut && !isSlow) write(':\n\n')
    },
    onDrain() {
      allowedBytes = mostBytes
      isSlow = false
      for (const event of [...waiting.values()]) {
        if (isSlow || isCut) return
        waiting.delete(event.subject)
        waitingChars -= event.text.length
        write(event.text)
      }
    },
    cut,
  }
}
