import { Type, Value } from '#core'
import { type Ask, jsonOf } from './ask.ts'
import type { Ability, Found, ServedModel } from './found.ts'

/** A list of models in OpenAI's shape, with what infinity and vLLM add to it. */
const Listed = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ pattern: '^[^\\u0000-\\u001f]{1,300}$' }),
      owned_by: Type.Optional(Type.String()),
      backend: Type.Optional(Type.String()),
      capabilities: Type.Optional(Type.Array(Type.String())),
      stats: Type.Optional(Type.Unknown()),
    }),
    { maxItems: 1000 },
  ),
})

/** infinity: `/models`, or below `/v1` where it was started so. Undefined if it is another. */
export async function lookInfinity(ask: Ask): Promise<Found | undefined> {
  for (const prefix of ['', '/v1']) {
    const found = await readList(ask, prefix, '/models')
    if (!found?.some(({ stats, capabilities }) => stats !== undefined && capabilities)) continue
    return listed('infinity', prefix, found)
  }
  return undefined
}

/** vLLM: says that it owns what it lists. */
export async function lookVllm(ask: Ask): Promise<Found | undefined> {
  const found = await readList(ask, '', '/v1/models')
  return found?.some(({ owned_by }) => owned_by === 'vllm') ? listed('vllm', '', found) : undefined
}

/** Any other server with a list of models, such as llama.cpp. */
export async function lookOpenAi(ask: Ask): Promise<Found | undefined> {
  const found = await readList(ask, '', '/v1/models')
  return found && found.length > 0 ? listed('openai', '', found) : undefined
}

async function readList(ask: Ask, prefix: string, path: string) {
  const list = jsonOf(await ask(prefix + path))
  return Value.Check(Listed, list) ? list.data : undefined
}

function listed(
  shape: Found['shape'],
  prefix: string,
  list: readonly { id: string; capabilities?: string[] }[],
): Found {
  const models: ServedModel[] = list.map(({ id, capabilities }) => ({
    id,
    can: capabilities?.filter(isAbility) ?? ['unknown'],
  }))
  const ids = models.map(({ id }) => id).join(' ')
  return { shape, prefix, models, maxBatch: null, identity: `${shape} ${prefix} ${ids}` }
}

const isAbility = (word: string): word is Ability => word === 'embed' || word === 'rerank'
