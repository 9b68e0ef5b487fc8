import type { FoundServer, Recognised } from '#core'

const QDRANT_PORT = 6333

/** Text Embeddings Inference tells its model; others describe a path that embeds. */
export async function recognise({ ask, containers }: FoundServer): Promise<Recognised | undefined> {
  if (!(await doesEmbed(ask))) return undefined
  const named = (pattern: RegExp) =>
    containers.find(({ name, image }) => pattern.test(`${name} ${image}`))?.name
  const container = named(/bge|embed|infinity/i)
  const qdrant = await qdrantOf(ask, named(/qdrant/i))
  return { certainty: 2, keys: { ...(container && { container }), ...(qdrant && { qdrant }) } }
}

async function doesEmbed(ask: FoundServer['ask']): Promise<boolean> {
  const info = await ask('/info')
  if (info?.status === 200 && /"max_client_batch_size"/.test(info.body.toString('utf8')))
    return true
  const described = (await ask('/openapi.json'))?.body.toString('utf8') ?? ''
  return /"\/(v1\/)?(embed|embeddings|encode)"/.test(described)
}

async function qdrantOf(ask: FoundServer['ask'], container: string | undefined) {
  const reply = await ask('/', QDRANT_PORT)
  if (!/"title"\s*:\s*"qdrant/.test(reply?.body.toString('utf8') ?? '')) return undefined
  return { port: QDRANT_PORT, ...(container && { container }) }
}
