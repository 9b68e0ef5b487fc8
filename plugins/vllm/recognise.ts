import type { FoundServer, Recognised } from '#core'

/** An engine tells its version, and in its list of models who owns them. */
export async function recognise({
  ask,
  containers,
  home,
}: FoundServer): Promise<Recognised | undefined> {
  const list = (await ask('/v1/models'))?.body.toString('utf8') ?? ''
  if (!/"owned_by"\s*:\s*"vllm"/.test(list)) return undefined
  if ((await ask('/version'))?.status !== 200) return undefined
  const container = containers.find(({ name, image }) => /vllm/i.test(`${name} ${image}`))
  return {
    certainty: 2,
    keys: {
      ...(container && { container: container.name }),
      ...(home.includes('spark-vllm-docker') && { launcher_dir: '~/spark-vllm-docker' }),
    },
  }
}
