import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { ForwardRoute } from '../api.ts'
import { systemClock } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Hold } from '../plugin.ts'
import type { LiveKind, LiveService } from '../services.ts'
import { type Candidate, listModels, pickModelRoute } from '../upstream/front-door.ts'
import { peekModel } from '../upstream/peek-model.ts'
import type { ForwardOptions, GatedUpstream } from '../upstream/upstream.ts'
import { writeError } from '../upstream/write-error.ts'
import { createHeldRequests, type HeldRequests } from './held-requests.ts'
import type { Mount } from './mount.ts'
import { noteFault } from './note-fault.ts'
import { requestIdOf } from './server.ts'

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
 * kinds claim them, and routed by the model a request names. What waits is counted in `held`, which
 * outlives a topology.
 */
export function frontDoor(
  doorway: Doorway,
  held: HeldRequests = createHeldRequests(systemClock),
): Mount {
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
      void pass({ doorway, held, log: request.log }, key, route, request.raw, reply.raw)
    },
  }
}

/** GET /v1/models: what is served now, then what a request would wait for, in OpenAI's shape. */
export const servedModels = (doorway: Doorway) =>
  listModels([
    ...doorway.services().map((live) => candidateOf(live)),
    ...doorway.kinds().map(({ loaded, open }) => ({
      ...{ id: loaded.plugin.kind, kind: loaded.plugin.kind, isDefault: false, aliases: [] },
      ...{ models: open?.offered?.() ?? [], inFlight: 0, isDraining: false },
    })),
  ])

async function pass(
  { doorway, held, log }: { doorway: Doorway; held: HeldRequests; log: FastifyBaseLogger },
  key: string,
  route: ForwardRoute,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const answerHeaders = { 'x-request-id': requestIdOf(req) }
  try {
    const candidates = candidatesFor(doorway, key)
    const path = req.url ?? '/'
    const full = firstOfFull(candidates, req)
    if (full) {
      const options = { path, maxBytes: route.max_bytes, answerHeaders }
      return await full.service.http(route.forward).forward(req, res, options)
    }
    const peeked = await peekModel(req, res, {
      candidates: candidates.length,
      maxBytes: route.max_bytes,
    })
    if (!peeked) return
    const { model, isStream = false, body } = peeked
    let chosen = choose(doorway, key, model, candidates)
    if (chosen instanceof ControlError || chosen.isDraining) {
      const hold = findHold(doorway, key, model, chosen)
      if (hold) {
        const caller = { req, res, isStream, sizeBytes: body?.byteLength ?? 0, answerHeaders }
        if (!(await held.wait(hold, caller))) return
        chosen = choose(doorway, key, model, candidatesFor(doorway, key))
      }
    }
    if (chosen instanceof ControlError) throw chosen
    await send(chosen.live, key, route, req, res, { path, answerHeaders, ...(body && { body }) })
  } catch (thrown) {
    noteFault(log, req, thrown)
    writeError(req, res, thrown, answerHeaders)
  }
}

/** Hands a request through, or lets the service answer that says it does so itself. */
function send(
  { loaded, running, service, upstreams }: LiveService,
  key: string,
  claimed: ForwardRoute,
  req: IncomingMessage,
  res: ServerResponse,
  given: Omit<ForwardOptions, 'maxBytes'>,
): Promise<void> {
  const route = ownRoute(loaded, key) ?? claimed
  const server = service.http(route.forward)
  const own = running?.answers?.[key]
  if (!own) return server.forward(req, res, { ...given, maxBytes: route.max_bytes })
  const maxBytes = Math.min(route.max_bytes, own.maxBytes ?? route.max_bytes)
  const gated = upstreams.get(route.forward) as GatedUpstream
  return gated.answer(req, res, { ...given, maxBytes, answer: own.answer })
}

/** The path is mounted once for all kinds; which server it goes to, each says for itself. */
function ownRoute({ plugin }: LiveService['loaded'], key: string): ForwardRoute | undefined {
  const route = plugin.door?.[key]
  return route?.forward === undefined ? undefined : route
}

const candidatesFor = (doorway: Doorway, key: string): OpenCandidate[] =>
  doorway
    .services()
    .filter((live) => doesOffer(live, key))
    .map(candidateOf)

const choose = (
  doorway: Doorway,
  key: string,
  model: string | null,
  candidates: readonly OpenCandidate[],
): OpenCandidate | ControlError =>
  pickModelRoute({
    model,
    path: key.split(' ')[1] ?? '',
    candidates,
    explain: (named) => explain(doorway, key, named),
  })

/** A place to wait for who cannot be answered now, if a kind offers one. */
function findHold(
  doorway: Doorway,
  key: string,
  named: string | null,
  chosen: OpenCandidate | ControlError,
): Hold | undefined {
  const service = chosen instanceof ControlError ? undefined : chosen
  const model = named ?? service?.models[0]
  if (model === undefined) return undefined
  for (const { loaded, open } of doorway.kinds()) {
    if (!(key in (loaded.plugin.door ?? {}))) continue
    const hold = open?.hold?.({ model, ...(service && { service: service.id }) })
    if (hold) return hold
  }
  return undefined
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

/** Where all who could answer would refuse, nothing needs to be read to let the first do so. */
function firstOfFull(candidates: OpenCandidate[], req: IncomingMessage): LiveService | undefined {
  const isFull = ({ isFull, isDraining, live }: OpenCandidate) =>
    isFull && !isDraining && live.upstreams.get('main')?.wouldRefuse(req)
  return candidates.every(isFull) ? candidates[0]?.live : undefined
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
    isFull: main?.isFull ?? false,
    isNamedOnly: live.running?.isNamedOnly ?? false,
    live,
  }
}
