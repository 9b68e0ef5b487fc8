import type { LoadedKind } from '../catalog.ts'
import type { Clock } from '../plugin.ts'
import { createUpstream } from '../upstream/pool-upstream.ts'
import type { Reply } from '../upstream/upstream.ts'
import type { FoundServer, Recognised } from './found-server.ts'
import type { Survey } from './survey.ts'

/** A server of a kind there is, and what its entry in topology.yaml would say. */
export interface FoundService {
  kind: string
  title: string
  port: number
  keys: Record<string, unknown>
}

const TIMEOUT_MS = 2_000
const MOST_BYTES = 1024 * 1024
/** A machine of a developer listens on many; those of servers are among the first. */
const MOST_PORTS = 64

/**
 * Asks each port that may be a server of a kind what it is. Only GETs are sent. Where several kinds
 * claim one port, the surest does, and of equals the first.
 */
export async function recogniseServers(
  address: string,
  survey: Survey | null,
  kinds: readonly LoadedKind[],
  clock: Clock,
): Promise<FoundService[]> {
  const usual = kinds.flatMap(({ plugin }) => plugin.defaultPort ?? [])
  const listening = survey?.ports.filter(({ isOpen }) => isOpen).map(({ port }) => port)
  // Without a look inside, or where it saw nothing, the usual ports are all there is to go by.
  const ports = [...new Set([...(listening?.length ? listening : []), ...usual])]
  const found = await Promise.all(
    ports.slice(0, MOST_PORTS).map((port) => recognisePort(address, port, survey, kinds, clock)),
  )
  return found.flatMap((one) => one ?? []).sort((a, b) => a.port - b.port)
}

async function recognisePort(
  address: string,
  port: number,
  survey: Survey | null,
  kinds: readonly LoadedKind[],
  clock: Clock,
): Promise<FoundService | undefined> {
  const ask = createAsk(address, clock)
  const server: FoundServer = {
    port,
    containers: survey?.containers ?? [],
    home: survey?.home ?? [],
    ask: (path, at = port) => ask(at, path),
  }
  let best: (Recognised & { kind: LoadedKind }) | undefined
  for (const kind of kinds) {
    const found = await kind.plugin.recognise?.(server)
    if (found && found.certainty > (best?.certainty ?? 0)) best = { ...found, kind }
  }
  if (!best) return undefined
  const { kind, title } = best.kind.plugin
  return { kind, title, port, keys: best.keys ?? {} }
}

/** Each path of each port is asked once, however many kinds want to know. */
function createAsk(address: string, clock: Clock) {
  const asked = new Map<string, Promise<Reply | undefined>>()
  const ask = async (port: number, path: string): Promise<Reply | undefined> => {
    const upstream = createUpstream({
      ...{ origin: `http://${address}:${port}`, requestTimeoutMs: null, clock },
    })
    try {
      return await upstream.request(path, { timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES })
    } catch {
      return undefined // nothing answers there, or nothing that speaks HTTP
    } finally {
      void upstream.close()
    }
  }
  return (port: number, path: string): Promise<Reply | undefined> => {
    const key = `${port} ${path}`
    const reply = asked.get(key) ?? ask(port, path)
    asked.set(key, reply)
    return reply
  }
}
