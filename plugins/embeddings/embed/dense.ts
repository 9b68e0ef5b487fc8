import type { ControlError } from '#core'
import { embeddingsError } from '../errors.ts'
import { callServer } from '../servers/call.ts'
import { type Found, modelFor, type Server } from '../servers/found.ts'
import { type Embedded, isMap, readEmbedded } from './read-embedded.ts'

/** A text, or a text as the numbers of its tokens, where a server takes that. */
export type Input = string | readonly number[]

export interface DenseOptions {
  model?: string | undefined
  dimensions?: number | undefined
}

/** Path of the embeddings in OpenAI's shape; null: the server has none. */
export function openAiPath({ shape, prefix }: Found): string | null {
  if (shape === 'flag') return null
  return shape === 'infinity' ? `${prefix}/embeddings` : '/v1/embeddings'
}

/** One call for the dense vectors of some texts, with the sparse ones where they come along. */
export async function askDense(
  server: Server,
  inputs: readonly Input[],
  { model = modelFor(server.found, 'embed'), dimensions }: DenseOptions,
  signal: AbortSignal,
): Promise<Embedded & { dense: Float32Array[] }> {
  const path = openAiPath(server.found)
  const answer =
    path === null
      ? await askFlag(server, inputs, signal)
      : await callServer(
          server,
          path,
          {
            ...(model !== undefined && { model }),
            input: inputs,
            // packed vectors are a third of the size, and need no parsing
            encoding_format: server.found.shape === 'openai' ? 'float' : 'base64',
            ...(dimensions !== undefined && { dimensions }),
          },
          signal,
        )
  const embedded = readEmbedded(answer)
  if (!embedded.dense) throw noDense(server)
  return { ...embedded, dense: embedded.dense }
}

/** Options of FlagEmbedding's encode(), sent where the server says that it takes them. */
const FLAG_OPTIONS = { return_dense: true, return_sparse: true, return_colbert_vecs: false }

async function askFlag(
  server: Server,
  inputs: readonly Input[],
  signal: AbortSignal,
): Promise<unknown> {
  const door = server.found.embedDoor
  if (!door) throw noDense(server)
  const options = Object.entries(FLAG_OPTIONS).filter(([name]) => door.fields.includes(name))
  const body = { [door.field]: inputs, ...Object.fromEntries(options) }
  const answer = await callServer(server, door.path, body, signal)
  // some wrap what they answer once more
  return isMap(answer) && isMap(answer.result) ? answer.result : answer
}

const noDense = ({ upstream }: Server): ControlError =>
  embeddingsError('EMBEDDINGS_NOT_GIVEN', `${upstream.origin} gives no dense vectors.`, {
    hint: 'Its model is for something else; look at the model it was started with.',
  })
