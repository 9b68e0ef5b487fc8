import { type Command, type Host, sh } from '#core'
import { vllmError } from '../errors.ts'

/** Id of an image, for comparing machines; empty output when it is not there. */
const imageCommand = (runtime: string, image: string): Command =>
  sh`${runtime} image inspect --format '{{.Id}}' ${image}`

/** Throws with `wayTo` get it when a machine lacks the image, or has another one of the same name. */
export async function checkImage(
  hosts: readonly Host[],
  image: string,
  wayTo: (host: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const ids = await Promise.all(
    hosts.map(async (host) => {
      const { code, stdout, stderr } = await host.exec(
        imageCommand(host.spec.container_runtime, image),
        { signal },
      )
      if (code === 0) return stdout.trim()
      throw vllmError(
        'LAUNCH_FAILED',
        `the image ${image} is not on ${host.id}: ${stderr.trim().split('\n')[0] ?? ''}`,
        { hint: wayTo(host.id) },
      )
    }),
  )
  const other = ids.findIndex((id) => id !== ids[0])
  if (other <= 0) return
  throw vllmError(
    'LAUNCH_FAILED',
    `the image ${image} on ${hosts[other]?.id} is not the one on ${hosts[0]?.id}`,
    { hint: 'copy it from the head: ./build-and-copy.sh -c, then load again' },
  )
}
