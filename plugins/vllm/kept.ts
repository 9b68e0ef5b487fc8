import type { KeyValue } from '#core'
import type { SelfCheck } from './views.ts'

/** What a probe last saw served. */
export interface Served {
  /** Ids of /v1/models, the repo id (root) first. */
  models: string[]
  root: string | null
  maxModelLen: number | null
  /** When the engine's container was started; null where only HTTP is seen. */
  since: string | null
  seenAt: string
  /** Container ids by host id, where they could be read. */
  containers: Record<string, string>
}

/** What a finished load teaches about the next. */
export interface LoadRecord {
  seconds: number
  loadedAt: string
  /** Memory each machine lost to it. */
  footprintBytes: Record<string, number>
}

const SERVED = 'served'
const LAUNCHED = 'launched'
const SELF_CHECK = 'self-check'
const LOAD = 'load:'
const DOWNLOAD_SPEED = 'download-speed'

/** What a service remembers across restarts of the controller. */
export const kept = (store: KeyValue) => ({
  /** null: known to serve nothing. undefined: never seen. */
  served: () => store.get<Served | null>(SERVED),
  setServed: (served: Served | null) => store.set(SERVED, served),
  /** Ids of the containers our last launch made, by host. */
  launched: () => store.get<Record<string, string>>(LAUNCHED) ?? {},
  setLaunched: (containers: Record<string, string>) => store.set(LAUNCHED, containers),
  selfCheck: () => store.get<SelfCheck | null>(SELF_CHECK) ?? null,
  setSelfCheck: (check: SelfCheck | null) => store.set(SELF_CHECK, check),
  load: (repo: string) => store.get<LoadRecord>(LOAD + repo),
  /** Bytes per second of the last download from the hub; undefined before the first. */
  downloadSpeed: () => store.get<number>(DOWNLOAD_SPEED),
  setDownloadSpeed: (bytesPerS: number) => store.set(DOWNLOAD_SPEED, bytesPerS),
  setLoad: (repo: string, record: LoadRecord) => store.set(LOAD + repo, record),
})
export type Kept = ReturnType<typeof kept>

/** The model that was last loaded from here; undefined if none ever was. */
export function lastLoaded({ store }: { store: KeyValue }): string | undefined {
  const loads = store.keys(LOAD).flatMap((key) => {
    const record = store.get<LoadRecord>(key)
    return record ? [{ repo: key.slice(LOAD.length), at: record.loadedAt }] : []
  })
  return loads.sort((a, b) => b.at.localeCompare(a.at))[0]?.repo
}
