import type { ControlError, Upstream } from '#core'
import { embeddingsError } from '../errors.ts'
import { type Ask, askAt } from './ask.ts'
import type { Found, Shape } from './found.ts'
import { lookFlag } from './look-flag.ts'
import { lookInfinity, lookOpenAi, lookVllm } from './look-listed.ts'
import { lookTei } from './look-tei.ts'

/** What the topology says of a server. */
export interface Wanted {
  server: Shape | 'auto'
  path?: string | undefined
}

/**
 * Finds out what a server is. Whether it still is what it was is asked first, so that a look at one
 * that did not change is one request. Rejects as `request` does, or with EMBEDDINGS_SERVER_UNKNOWN.
 */
export async function lookAtServer(
  upstream: Upstream,
  wanted: Wanted,
  before: Found | undefined,
  signal: AbortSignal,
): Promise<Found> {
  const ask = askAt(upstream, signal)
  const same = before && (await LOOKS[before.shape](ask, wanted.path))
  if (same && same.identity === before.identity) return same
  for (const shape of orderOf(wanted)) {
    const found = await LOOKS[shape](ask, wanted.path)
    if (found) return found
  }
  throw unknownServer(upstream.origin, wanted.server)
}

const ALL: readonly Shape[] = ['tei', 'infinity', 'vllm', 'openai', 'flag']

function orderOf({ server, path }: Wanted): readonly Shape[] {
  if (server !== 'auto') return [server]
  return path === undefined ? ALL : ['flag']
}

const LOOKS: Record<Shape, (ask: Ask, path?: string) => Promise<Found | undefined>> = {
  tei: lookTei,
  infinity: lookInfinity,
  vllm: lookVllm,
  openai: lookOpenAi,
  flag: lookFlag,
}

const unknownServer = (origin: string, wanted: string): ControlError =>
  embeddingsError(
    'EMBEDDINGS_SERVER_UNKNOWN',
    wanted === 'auto'
      ? `What answers at ${origin} is no embeddings server that is known here.`
      : `What answers at ${origin} does not speak like "${wanted}".`,
    {
      hint: 'Set server and path of the service in topology.yaml, or look what runs at that port.',
    },
  )
