import type { Service } from '#core'
import { type Kept, kept, type Served } from './kept.ts'
import type { Settings } from './settings.ts'

/** What a service serves, in memory for /v1 and in the store for the next controller. */
export interface ServedBox {
  /** null: known to serve nothing. undefined: never seen. */
  get(): Served | null | undefined
  /** Returns whether it is news. */
  set(served: Served | null): boolean
  readonly kept: Kept
  /** Grows when what is served or known of loads changes. */
  version(): number
}

const boxes = new WeakMap<object, ServedBox>()

/** The box of a service; jobs, probe and door share it, since all are given the same service. */
export function servedBy(service: Service<Settings>): ServedBox {
  const known = boxes.get(service)
  if (known) return known
  const store = kept(service.store)
  const before = store.served()
  // while nobody looked, another container may have taken its place
  let current = before && { ...before, containers: {} }
  let version = 0
  const box: ServedBox = {
    get: () => current,
    set(served) {
      const isNews = contentOf(current) !== contentOf(served)
      current = served
      // the time alone is not worth a write
      if (isNews) {
        version++
        store.setServed(served)
      }
      return isNews
    },
    kept: {
      ...store,
      setLoad(repo, record) {
        version++
        store.setLoad(repo, record)
      },
    },
    version: () => version,
  }
  boxes.set(service, box)
  return box
}

/** Memory the served model took of each machine when it was loaded, as far as that was measured. */
export function footprintOf({ get, kept: { load } }: ServedBox): Record<string, number> {
  const served = get()
  const ids = served ? [served.root, ...served.models] : []
  for (const id of ids) {
    const record = id === null ? undefined : load(id)
    if (record) return record.footprintBytes
  }
  return {}
}

function contentOf(served: Served | null | undefined): string {
  if (!served) return String(served)
  const { seenAt: _, ...content } = served
  return JSON.stringify(content)
}
