import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ControlError, type DoorCall, type RawAnswer, type Service } from '#core'
import { postTo } from '../servers/call.ts'
import { modelFor, type Server } from '../servers/found.ts'
import { inBatches } from '../servers/in-batches.ts'
import { withServer } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { askDense, openAiPath } from './dense.ts'
import { USUAL_BATCH } from './embedder.ts'
import { type EmbeddingsRequest, invalid, readEmbeddingsRequest } from './read-request.ts'
import { traitsOf } from './traits.ts'
import { packVector } from './vectors.ts'

/** POST /v1/embeddings over whatever server there is, in OpenAI's shape. */
export async function answerEmbeddings(
  service: Service<Settings>,
  { body, signal }: DoorCall,
): Promise<RawAnswer> {
  const bytes = await buffer(body)
  const asked = readEmbeddingsRequest(bytes)
  return withServer(service, 'main', signal, async (server) => {
    checkInputs(server, asked)
    const passed = await passOn(service, server, asked, bytes, signal)
    return passed ?? answerInBatches(service, server, asked, signal)
  })
}

/**
 * Hands a request that its server takes as it is on as it came, and its answer back without parsing
 * it: vectors are large. Undefined where the server would not take it.
 */
async function passOn(
  service: Service<Settings>,
  server: Server,
  asked: EmbeddingsRequest,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<RawAnswer | undefined> {
  const { upstream, found } = server
  const path = openAiPath(found)
  const most = service.settings.max_batch ?? found.maxBatch ?? Number.POSITIVE_INFINITY
  if (path === null || asked.inputs.length > most) return undefined
  if (asked.isPacked && !(await traitsOf(server, signal)).doesPack) return undefined
  const model = modelToAsk(service, server, asked)
  const isSame = model === undefined || model === asked.body.model
  const body = isSame ? bytes : JSON.stringify({ ...asked.body, model })
  try {
    const reply = await postTo(upstream, path, body, signal)
    return { status: 200, headers: JSON_HEADERS, body: reply.body }
  } catch (thrown) {
    // more than it takes at once, whatever it said
    if (isTooLarge(thrown) && asked.inputs.length > 1) return undefined
    throw thrown
  }
}

async function answerInBatches(
  service: Service<Settings>,
  server: Server,
  asked: EmbeddingsRequest,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const { settings, clock, id } = service
  const { inputs, dimensions, isPacked } = asked
  const size = settings.max_batch ?? server.found.maxBatch ?? USUAL_BATCH
  const model = modelToAsk(service, server, asked)
  let tokens = 0
  const vectors = await inBatches(
    inputs,
    { size, parallel: settings.parallel, clock },
    async (batch, until) => {
      const part = await askDense(server, batch, { model, dimensions }, until)
      tokens += part.tokens ?? 0
      return part.dense
    },
    signal,
  )
  const answer = {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isPacked ? packVector(vector) : Array.from(vector),
    })),
    model: model ?? asked.model ?? id,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
  return {
    status: 200,
    headers: JSON_HEADERS,
    body: Readable.from([Buffer.from(JSON.stringify(answer))]),
  }
}

/** The model as the server knows it: the one asked for if it has that, else the one meant here. */
function modelToAsk(
  { settings }: Service<Settings>,
  { found }: Server,
  { model }: EmbeddingsRequest,
): string | undefined {
  // TEI serves one model and looks at no name
  if (found.shape === 'tei') return modelFor(found, 'embed') && model
  return found.models.some(({ id }) => id === model)
    ? model
    : (settings.model ?? modelFor(found, 'embed') ?? model)
}

function checkInputs({ found, upstream }: Server, asked: EmbeddingsRequest): void {
  const { inputs, dimensions } = asked
  const takesTokens = found.shape !== 'infinity' && found.shape !== 'flag'
  const at = takesTokens ? -1 : inputs.findIndex((input) => typeof input !== 'string')
  if (at !== -1) {
    throw invalid(
      at === 0 ? 'input' : `input.${at}`,
      `must be text: ${upstream.origin} takes no tokens`,
    )
  }
  if (dimensions !== undefined && found.shape === 'flag') {
    throw new ControlError('VALIDATION', `${upstream.origin} gives vectors of one length only.`, {
      hint: 'Leave "dimensions" out.',
      details: [{ path: 'dimensions', message: 'is not taken by this server' }],
    })
  }
}

const isTooLarge = (thrown: unknown): boolean =>
  thrown instanceof ControlError && thrown.code === 'PAYLOAD_TOO_LARGE'

const JSON_HEADERS = { 'content-type': 'application/json' }
