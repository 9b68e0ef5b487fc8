import type { FoundServer, Recognised } from '#core'

/** A list of voices is what no other server has. */
export async function recognise({ ask, containers }: FoundServer): Promise<Recognised | undefined> {
  const reply = await ask('/v1/audio/voices')
  if (reply?.status !== 200 || !/^\s*\{\s*"voices"\s*:/.test(reply.body.toString('utf8')))
    return undefined
  const container = containers.find(({ name, image }) => /kokoro/i.test(`${name} ${image}`))
  return { certainty: 2, ...(container && { keys: { container: container.name } }) }
}
