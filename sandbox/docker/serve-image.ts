import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, SimHost } from '../cluster.ts'
import type { EngineProcess } from '../engine/world.ts'
import { replaceFile } from '../host/memory.ts'
import type { ServerImage } from '../images.ts'
import type { Container } from './daemon.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Runs a plain server as PID 1 of its container: it takes its memory, loads, answers on env PORT, and
 * ends with the container. One that cannot start ends the container, which its policy starts `again`.
 * Resolves when it answers or has ended.
 */
export async function startServer(
  image: ServerImage,
  container: Container,
  host: SimHost,
  cluster: Cluster,
  again: () => void,
): Promise<void> {
  const over = new AbortController()
  let server: { close(): Promise<void> } | undefined
  const { pid, id, env, log } = container
  const process: EngineProcess = {
    processes: () => [],
    kill() {
      over.abort(new Error('the container ended'))
      container.processes.delete(process)
      host.memory.release(id)
      forgetMemory(host, pid, id)
      delete container.health
      void server?.close()
    },
  }
  container.processes.add(process)
  if (image.hasHealthcheck) container.health = 'starting'
  try {
    if (!host.memory.claim(id, image.memoryBytes)) throw new Error('Cannot allocate memory')
    showMemory(host, pid, id, image.memoryBytes)
    await cluster.pace.sleep(image.loadMs, over.signal)
    const port = Number(env.PORT ?? Number.NaN)
    const write = (line: string) => log.write(line)
    server = await image.serve({ host, cluster, port, env, log: write })
    if (over.signal.aborted) return await server.close()
    if (!image.hasHealthcheck) return
    container.health = 'healthy'
    host.docker.tell('health_status: healthy', container)
  } catch (thrown) {
    if (over.signal.aborted || cluster.closing.aborted) return
    log.write(`fatal: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 'stderr')
    host.docker.kill(container, 1)
    if (container.restartPolicy === 'unless-stopped') void restartLater(container, cluster, again)
  }
}

/** As docker does: each pause twice the one before. */
async function restartLater(
  container: Container,
  cluster: Cluster,
  again: () => void,
): Promise<void> {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** container.restarts, LONGEST_PAUSE_MS)
  try {
    await cluster.pace.sleep(pauseMs)
  } catch {
    return // the sandbox closes
  }
  if (container.state !== 'exited') return
  container.restarts += 1
  again()
}

const groupOf = (id: string): string => join('system.slice', `docker-${id}.scope`)

/** The files from which a host tells what memory a container holds. */
function showMemory(host: SimHost, pid: number, id: string, bytes: number): void {
  const group = groupOf(id)
  replaceFile(join(host.proc, `${pid}`), 'cgroup', `0::/${group}\n`)
  replaceFile(join(host.cgroup, group), 'memory.current', `${bytes}\n`)
  replaceFile(join(host.cgroup, group), 'memory.stat', 'anon 0\ninactive_file 0\n')
}

function forgetMemory(host: SimHost, pid: number, id: string): void {
  rmSync(join(host.proc, `${pid}`), { recursive: true, force: true })
  rmSync(join(host.cgroup, groupOf(id)), { recursive: true, force: true })
}
