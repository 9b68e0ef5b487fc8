import { newKey } from './client.ts'
import type { LinkParts } from './link.ts'

/** The parts of this browser the event link stands on. */
export const browserParts = (): LinkParts => ({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  locks: navigator.locks,
  channel: new BroadcastChannel('spark-control'),
  page: document,
  tab: newKey(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        removeEventListener('online', done)
        document.removeEventListener('visibilitychange', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      addEventListener('online', done)
      document.addEventListener('visibilitychange', done)
      signal.addEventListener('abort', done)
    }),
})
