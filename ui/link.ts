import type { EventView } from '../core/events/event-view.ts'
import { applyEvent, setLink, takeSnapshot } from './live.ts'
import { type StreamParts, streamEvents } from './stream.ts'

/** What the tabs of one browser tell each other. */
export type Word =
  | { word: 'event'; event: EventView; id: string | undefined; to?: string }
  | { word: 'link'; link: 'open' | 'lost'; heardAt: number; skewMs: number }
  /** A new tab asks for the state. */
  | { word: 'hello'; from: string }

/** The parts of a browser the link stands on. */
export interface LinkParts extends StreamParts {
  /** Absent on plain http, by which most clusters at home are opened. */
  locks: Pick<LockManager, 'request'> | undefined
  channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>
  page: Pick<Document, 'visibilityState' | 'addEventListener'>
  /** Names this tab. */
  tab: string
}

const LOCK = 'spark-control-link'
const BEAT_MS = 1000
const LEADER_DEAD_MS = 60_000

/**
 * Keeps the one event stream of this browser until `signal`: one tab leads (Web Locks) and tells the
 * others. Where there are no locks, each tab that is seen has its own and hidden ones have none, so
 * that the six connections of HTTP/1.1 are never used up.
 */
export function startLink(parts: LinkParts, signal: AbortSignal): void {
  const tab = joinTabs(parts)
  if (parts.locks) void leadInTurn(parts, parts.locks, tab, signal)
  else void streamWhileSeen(parts, tab, signal)
}

interface Tab {
  /** Streams for all tabs until the signal. */
  lead(signal: AbortSignal): Promise<void>
  /** How long nothing came from a leader. */
  silenceMs(): number
}

function joinTabs(parts: LinkParts): Tab {
  let lastId: string | undefined
  let heardAt = parts.now()
  let beatAt = 0
  let isOpen = false
  // A count: in a tab hidden and shown again, the old turn may end after the new one began.
  let turns = 0
  const say = (word: Word) => parts.channel.postMessage(word)
  const hear = (word: Exclude<Word, { word: 'hello' }>) => {
    heardAt = parts.now()
    if (word.word === 'link') return setLink(word.link, word.heardAt, word.skewMs)
    lastId = word.id ?? lastId
    applyEvent(word.event)
  }
  const both = (word: Exclude<Word, { word: 'hello' }>) => {
    hear(word)
    say(word)
  }
  const reader = {
    lastId: () => lastId,
    event: (event: EventView, id: string | undefined) => both({ word: 'event', event, id }),
    heard(skewMs: number) {
      const now = parts.now()
      if (isOpen && now - beatAt < BEAT_MS) return
      isOpen = true
      beatAt = now
      both({ word: 'link', link: 'open', heardAt: now, skewMs })
    },
    lost() {
      isOpen = false
      both({ word: 'link', link: 'lost', heardAt: beatAt, skewMs: 0 })
    },
  }
  parts.channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    if (data.word === 'hello') {
      const event = turns > 0 ? takeSnapshot() : null
      // A store's proxies cannot be cloned.
      const plain = event && (JSON.parse(JSON.stringify(event)) as EventView)
      if (plain) say({ word: 'event', event: plain, id: lastId, to: data.from })
      // Told again at the next bytes.
      isOpen = false
    } else if (turns === 0 && (!('to' in data) || data.to === parts.tab)) hear(data)
  })
  say({ word: 'hello', from: parts.tab })
  return {
    silenceMs: () => parts.now() - heardAt,
    async lead(signal) {
      turns++
      await streamEvents(parts, reader, signal)
      turns--
    },
  }
}

async function leadInTurn(
  parts: LinkParts,
  locks: Pick<LockManager, 'request'>,
  tab: Tab,
  signal: AbortSignal,
): Promise<void> {
  let isLeaderDead = false
  while (!signal.aborted) {
    const turn = new AbortController()
    const over = AbortSignal.any([signal, turn.signal])
    const watch = setInterval(() => {
      // A phone may freeze the leading tab with the lock in its hands.
      isLeaderDead = parts.page.visibilityState === 'visible' && tab.silenceMs() > LEADER_DEAD_MS
      if (isLeaderDead) turn.abort()
    }, 10_000)
    const options = isLeaderDead ? { steal: true } : { signal: over }
    isLeaderDead = false
    try {
      await locks.request(LOCK, options, () => {
        clearInterval(watch)
        return tab.lead(over)
      })
    } catch {
      // Stolen by another tab, or given up in order to steal.
    }
    clearInterval(watch)
    turn.abort()
  }
}

async function streamWhileSeen(parts: LinkParts, tab: Tab, signal: AbortSignal): Promise<void> {
  let seen: AbortController | undefined
  const look = () => {
    if (parts.page.visibilityState !== 'visible' || signal.aborted) {
      seen?.abort()
      seen = undefined
    } else if (!seen) {
      seen = new AbortController()
      void tab.lead(AbortSignal.any([signal, seen.signal]))
    }
  }
  parts.page.addEventListener('visibilitychange', look)
  look()
}
