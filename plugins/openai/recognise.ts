import type { FoundServer, Recognised } from '#core'

/** A list of models in OpenAI's shape; other kinds may know better what it is. */
export async function recognise({ ask }: FoundServer): Promise<Recognised | undefined> {
  const reply = await ask('/v1/models')
  if (reply?.status !== 200 || !/"data"\s*:\s*\[/.test(reply.body.toString('utf8')))
    return undefined
  return { certainty: 1 }
}
