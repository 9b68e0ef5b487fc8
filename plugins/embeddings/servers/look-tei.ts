import { Nullable, type Static, Type, Value } from '#core'
import { type Ask, jsonOf } from './ask.ts'
import type { Ability, Found } from './found.ts'

/** text-embeddings-inference says all of itself at /info (its docs/openapi.json). */
const Info = Type.Object({
  model_id: Type.String(),
  model_sha: Type.Optional(Nullable(Type.String())),
  model_type: Type.Optional(Type.Unknown()),
  max_client_batch_size: Type.Integer({ minimum: 1 }),
  version: Type.Optional(Type.String()),
})

/** A TEI server; undefined if it is another. */
export async function lookTei(ask: Ask): Promise<Found | undefined> {
  const info = jsonOf(await ask('/info'))
  if (!Value.Check(Info, info)) return undefined
  return {
    shape: 'tei',
    prefix: '',
    models: [{ id: info.model_id, can: abilitiesOf(info) }],
    maxBatch: info.max_client_batch_size,
    identity: `tei ${info.version} ${info.model_id} ${info.model_sha}`,
  }
}

/** One model a process; SPLADE pooling gives sparse vectors and no dense ones. */
function abilitiesOf({ model_type }: Static<typeof Info>): Ability[] {
  const type = JSON.stringify(model_type ?? null).toLowerCase()
  if (type.includes('splade')) return ['sparse']
  if (type.includes('embedding')) return ['embed']
  if (type.includes('reranker') || type.includes('classifier')) return ['rerank']
  return ['unknown']
}
