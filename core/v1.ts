import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ForwardRoute } from './api.ts'
import { ControlError } from './errors.ts'
import type { Mount } from './mount.ts'
import { requestIdOf } from './server.ts'
import type { LiveKind, LiveService } from './services.ts'
import { type Candidate, listModels, pickModelRoute } from './upstream/front-door.ts'
import { peekModel } from './upstream/peek-model.ts'
import { writeError } from './upstream/write-error.ts'

/** What the front door looks at for every request; asked anew each time. */
export interface Doorway {
  services(): readonly LiveService[]
  kinds(): readonly LiveKind[]
}

interface OpenCandidate extends Candidate {
  live: LiveService
  kind: string
}

/**
 * The cluster-wide paths that kinds hand through (`/v1/chat/completions`): mounted once however many
 * kinds claim them, and routed by the model a request names.
 */
export function frontDoor(doorway: Doorway): Mount {
  const claims = new Map<string, ForwardRoute>()
  for (const { loaded } of doorway.kinds())
    for (const [key, route] of Object.entries(loaded.plugin.door ?? {}))
      if (route.forward !== undefined && !claims.has(key)) claims.set(key, route)
  return {
    prefix: '',
    tag: 'v1',
    api: Object.fromEntries(claims),
    handlers: {},
    forward: (route, request, reply) => {
      const key = `${request.method} ${request.routeOptions.url}`
      void pass(doorway, key, route, request.raw, reply.raw)
    },
  }
}

/** GET /v1/models: everything that is served now, in OpenAI's shape. */
export const servedModels = (doorway: Doorway) =>
  listModels(doorway.services().map((live) => candidateOf(live)))

async function pass(
  doorway: Doorway,
  key: string,
  route: ForwardRoute,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const answerHeaders = { 'x-request-id': requestIdOf(req) }
  try {
    const candidates = doorway
      .services()
      .filter((live) => doesOffer(live, key))
      .map(candidateOf)
    const peeked = await peekModel(req, res, {
      candidates: candidates.length,
      maxBytes: route.max_bytes,
    })
    if (!peeked) return
    const chosen = pickModelRoute({
      model: peeked.model,
      path: key.split(' ')[1] ?? '',
      candidates,
      explain: (model) => explain(doorway, key, model),
    })
    if (chosen instanceof ControlError) throw chosen
    await chosen.live.service.http(route.forward).forward(req, res, {
      path: req.url ?? '/',
      maxBytes: route.max_bytes,
      answerHeaders,
      ...(peeked.body && { body: peeked.body }),
    })
  } catch (thrown) {
    writeError(req, res, thrown, answerHeaders)
  }
}

function explain(doorway: Doorway, key: string, model: string): ControlError | undefined {
  for (const { loaded, open } of doorway.kinds()) {
    const explained = key in (loaded.plugin.door ?? {}) && open?.explainModel?.(model)
    if (explained) return explained
  }
  return undefined
}

function doesOffer({ running, loaded }: LiveService, key: string): boolean {
  if (!running || !(key in (loaded.plugin.door ?? {}))) return false
  return running.offers?.(key) ?? true
}

function candidateOf(live: LiveService): OpenCandidate {
  const main = live.upstreams.get('main')
  return {
    id: live.spec.id,
    kind: live.spec.kind,
    isDefault: live.spec.default,
    models: live.running?.models?.() ?? [],
    aliases: live.running?.aliases?.() ?? [],
    inFlight: main?.inFlight ?? 0,
    isDraining: main?.isDraining ?? false,
    live,
  }
}
