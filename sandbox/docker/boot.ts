import type { Cluster, SimHost } from '../cluster.ts'
import { startEngine } from '../engine/engine.ts'
import { SERVER_IMAGES } from '../images.ts'
import type { Container } from './daemon.ts'
import { isServe, unwrapShell } from './exec.ts'
import { startServer } from './serve-image.ts'

/** Starts what PID 1 of a container is: a plain server, vLLM, or nothing that does anything. */
export function bootContainer(
  container: Container,
  host: SimHost,
  cluster: Cluster,
  echo: (text: string) => void = () => undefined,
): void {
  const image = SERVER_IMAGES[container.image.name]
  if (image) {
    container.booted = startServer(image, container, host, cluster, () =>
      bootAgain(container, host, cluster),
    )
    return
  }
  const serve = unwrapShell(container.command)?.find((each) => isServe(each.words))
  if (!serve) return
  const engine = startEngine({
    host,
    cluster,
    container,
    words: serve.words,
    env: { ...container.env, ...serve.env },
    sink(text) {
      container.log.write(text)
      echo(text)
    },
    shellArgs: container.command.join(' '),
  })
  // Here vLLM is PID 1: the container ends with it, unless it was started anew meanwhile.
  const { pid } = container
  void engine.ended.then((status) => {
    if (container.pid === pid) host.docker.kill(container, status)
  })
}

/** Starts a container that has ended. */
export function bootAgain(container: Container, host: SimHost, cluster: Cluster): void {
  host.docker.start(container, cluster.nextPid())
  bootContainer(container, host, cluster)
}
