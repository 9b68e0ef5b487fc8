import type { Cluster, SimHost } from '../cluster.ts'
import { SERVER_IMAGES } from '../images.ts'
import type { Container } from './daemon.ts'
import { isServe } from './exec.ts'

/** How long vLLM takes to end after SIGTERM. */
const ENGINE_ENDS_MS = 1500
const SERVER_ENDS_MS = 300

/**
 * Ends a container as SIGTERM and, after the grace time, SIGKILL do: where PID 1 is `sleep`, which
 * ignores SIGTERM, the whole grace time passes; a server ends by itself. False if docker gives up.
 */
export async function stopContainer(
  container: Container,
  host: SimHost,
  cluster: Cluster,
  graceS: number,
): Promise<boolean> {
  if (container.state !== 'running') return true
  host.docker.tell('kill', container)
  const endsMs = ownEndMs(container)
  await cluster.pace.sleep(Math.min(graceS * 1000, endsMs)) // goes on when the caller leaves
  if (host.faults.current().docker === 'stuck') return false
  host.docker.kill(container, endsMs < graceS * 1000 ? 0 : 137)
  return true
}

function ownEndMs({ command, image }: Container): number {
  if (isServe(command)) return ENGINE_ENDS_MS
  return Object.hasOwn(SERVER_IMAGES, image.name) ? SERVER_ENDS_MS : Number.POSITIVE_INFINITY
}
