import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LinkParts, startLink, type Word } from './link.ts'
import { live } from './live.ts'
import { aController } from './testing/views.ts'

const snapshot = {
  type: 'snapshot',
  controller: aController(),
  hosts: [],
  services: [],
  jobs: [],
  leases: [],
}

/** A browser with tabs; each fetch of the stream is a connection the test can write to. */
function aBrowser({ hasLocks = true } = {}) {
  const listeners = new Map<string, (message: MessageEvent<Word>) => void>()
  const queue: { grant(): void }[] = []
  const connections: {
    tab: string
    lastId: string | undefined
    signal: AbortSignal
    write(text: string): void
    end(): void
  }[] = []
  let isHeld = false
  const locks = {
    request: async (_name: string, options: LockOptions, work: () => Promise<void>) => {
      if (isHeld)
        await new Promise<void>((resolve, reject) => {
          const waiting = { grant: resolve }
          queue.push(waiting)
          options.signal?.addEventListener('abort', () => {
            if (queue.includes(waiting)) queue.splice(queue.indexOf(waiting), 1)
            reject(options.signal?.reason)
          })
        })
      isHeld = true
      await work()
      const next = queue.shift()
      // Handed on while held, so that nobody comes between.
      if (next) next.grant()
      else isHeld = false
    },
  }
  const open = (tab: string) => {
    const over = new AbortController()
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    const parts = {
      tab,
      page,
      locks: hasLocks ? (locks as unknown as LockManager) : undefined,
      now: () => 1_000_000,
      wait: () => Promise.resolve(),
      channel: {
        postMessage(word: Word) {
          for (const [other, listen] of listeners)
            if (other !== tab) listen({ data: structuredClone(word) } as MessageEvent<Word>)
        },
        addEventListener: (_type: string, listen: (message: MessageEvent<Word>) => void) =>
          void listeners.set(tab, listen),
      },
      fetch: async (_path: string, init: RequestInit) => {
        const encoder = new TextEncoder()
        let control: ReadableStreamDefaultController<Uint8Array> | undefined
        const body = new ReadableStream<Uint8Array>({
          start(given) {
            control = given
          },
        })
        const signal = init.signal as AbortSignal
        signal.addEventListener('abort', () => control?.error(signal.reason))
        connections.push({
          tab,
          signal,
          lastId: (init.headers as Record<string, string>)['last-event-id'],
          write: (text) => control?.enqueue(encoder.encode(text)),
          end: () => control?.close(),
        })
        return new Response(body)
      },
    }
    startLink(parts as unknown as LinkParts, over.signal)
    return {
      close: () => {
        listeners.delete(tab)
        over.abort()
      },
      show(visibilityState: string) {
        page.visibilityState = visibilityState
        page.dispatchEvent(new Event('visibilitychange'))
      },
    }
  }
  return { open, connections, listeners, open_connections: () => openOf(connections) }
}
const openOf = <C extends { signal: AbortSignal }>(all: C[]) =>
  all.filter(({ signal }) => !signal.aborted)
const event = (id: string, value: unknown) =>
  `id: ${id}\nevent: x\ndata: ${JSON.stringify(value)}\n\n`

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('the event link', () => {
  it('opens one stream for ten tabs', async () => {
    const browser = aBrowser()
    const tabs = Array.from({ length: 10 }, (_, n) => browser.open(`tab${n}`))
    await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
    for (const tab of tabs) tab.close()
  })

  it('is taken over by another tab, which resumes after the last event', async () => {
    const browser = aBrowser()
    const first = browser.open('first')
    const second = browser.open('second')
    await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
    browser.connections[0]?.write(event('e-7', snapshot))
    await vi.waitFor(() => expect(live.controller?.cluster).toBe('dual-spark'))
    first.close()
    await vi.waitFor(() => expect(browser.connections).toHaveLength(2))
    expect(browser.connections[1]).toMatchObject({ tab: 'second', lastId: 'e-7' })
    second.close()
  })

  it('connects again with Last-Event-ID after a break, and says meanwhile that it is lost', async () => {
    const browser = aBrowser()
    const tab = browser.open('only')
    await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
    browser.connections[0]?.write(event('e-1', snapshot))
    await vi.waitFor(() => expect(live.link).toBe('open'))
    browser.connections[0]?.write(event('e-2', { type: 'changed', topic: 'x', service: null }))
    browser.connections[0]?.end()
    await vi.waitFor(() => expect(live.link).toBe('lost'))
    await vi.waitFor(() => expect(browser.connections).toHaveLength(2))
    expect(browser.connections[1]?.lastId).toBe('e-2')
    browser.connections[1]?.write(':\n\n')
    await vi.waitFor(() => expect(live.link).toBe('open'))
    tab.close()
  })

  it('gives up a line on which nothing is heard, not even a comment', async () => {
    const browser = aBrowser()
    const tab = browser.open('only')
    await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
    await vi.advanceTimersByTimeAsync(41_000)
    await vi.waitFor(() => expect(browser.connections).toHaveLength(2))
    expect(browser.connections[0]?.signal.aborted).toBe(true)
    tab.close()
  })

  it('tells a new tab the state without a connection of its own', async () => {
    const browser = aBrowser()
    const first = browser.open('first')
    await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
    const named = { ...snapshot, controller: aController({ cluster: 'another' }) }
    browser.connections[0]?.write(event('e-1', named))
    await vi.waitFor(() => expect(live.controller?.cluster).toBe('another'))
    const words: Word[] = []
    browser.listeners.set('spy', ({ data }) => words.push(data))
    const second = browser.open('second')
    expect(words).toContainEqual(
      expect.objectContaining({ word: 'event', to: 'second', id: 'e-1' }),
    )
    expect(browser.connections).toHaveLength(1)
    for (const tab of [first, second]) tab.close()
  })

  it('is kept by tabs that are seen where the browser has no locks (plain http)', async () => {
    const browser = aBrowser({ hasLocks: false })
    const tab = browser.open('only')
    await vi.waitFor(() => expect(browser.open_connections()).toHaveLength(1))
    tab.show('hidden')
    await vi.waitFor(() => expect(browser.open_connections()).toHaveLength(0))
    tab.show('visible')
    await vi.waitFor(() => expect(browser.open_connections()).toHaveLength(1))
    tab.close()
  })
})
