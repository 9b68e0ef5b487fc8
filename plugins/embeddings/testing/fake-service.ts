import { ControlError, type Service, type Upstream, Value } from '#core'
import { Settings } from '../settings.ts'
import { fetchUpstream, type Sent } from './fetch-upstream.ts'

/** Where the servers of a service stand; `main` is the embeddings server. */
export type Origins = Partial<Record<'main' | 'sparse' | 'rerank' | 'qdrant', string>>

export interface FakeService {
  service: Service<Settings>
  /** What the servers were sent, looks included. */
  sent: Sent[]
  /** Topics that pages were told of. */
  changed: string[]
  /** Moves a server elsewhere, as when another takes its place. */
  move(endpoint: keyof Origins, origin: string): void
}

/** A service over real servers on loopback; its waits take no time. */
export function fakeService(origins: Origins, given: Partial<Settings> = {}): FakeService {
  const sent: Sent[] = []
  const changed: string[] = []
  const places = { ...origins }
  const { main: _, ...further } = origins
  const named = Object.fromEntries(
    Object.entries(further).map(([name, url]) => [name, { url, api_key: KEY }]),
  )
  const settings = Value.Default(Settings, { ...named, ...given }) as Settings
  const http = (endpoint = 'main'): Upstream => {
    const where = (): string => {
      const origin = places[endpoint as keyof Origins]
      if (origin !== undefined) return origin
      throw new ControlError('SERVICE_UNKNOWN', `no endpoint ${endpoint}`)
    }
    return fetchUpstream(where, sent, KEY)
  }
  const clock = {
    now: () => 0,
    sleep: async (_ms: number, signal?: AbortSignal) => signal?.throwIfAborted(),
  }
  return {
    sent,
    changed,
    move: (endpoint, origin) => {
      places[endpoint] = origin
    },
    service: {
      ...{ id: 'embeddings', kind: 'embeddings', settings, http, clock },
      changed: (topic: string) => void changed.push(topic),
    } as unknown as Service<Settings>,
  }
}

const KEY = 'key-of-the-servers'
