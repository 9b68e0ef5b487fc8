import type { FoundServer, Recognised } from '#core'

/** Speech servers have no name of their own; the paths they describe, or their container, tell. */
export async function recognise({ ask, containers }: FoundServer): Promise<Recognised | undefined> {
  const container = containers.find(({ name, image }) => /parakeet/i.test(`${name} ${image}`))
  const keys = container && { container: container.name }
  const described = (await ask('/openapi.json'))?.body.toString('utf8') ?? ''
  if (described.includes('"/v1/audio/transcriptions"'))
    return { certainty: 2, ...(keys && { keys }) }
  if (!container) return undefined
  const health = await ask('/health')
  const isSpeech =
    health?.status === 200 && /model_loaded|models|parakeet/i.test(health.body.toString())
  return isSpeech ? { certainty: 1, keys: { container: container.name } } : undefined
}
