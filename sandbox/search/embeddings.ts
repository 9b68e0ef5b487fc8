import type { HostFaults } from '../faults.ts'
import type { ServeContext, ServerImage } from '../images.ts'
import { flag } from './embeddings/flag.ts'
import { type Dialect, type RunningServer, serveDialect } from './embeddings/http.ts'
import { hashedModel } from './embeddings/model.ts'
import { tei } from './embeddings/tei.ts'

const MiB = 1024 ** 2

/** bge-m3 in eight bits behind a FastAPI app: dense and sparse vectors in one answer. */
export const bgeM3: ServerImage = {
  loadMs: 15_000,
  memoryBytes: 700 * MiB,
  serve: (context) => serveWithFaults(context, flag(hashedModel('BAAI/bge-m3'))),
}

/** text-embeddings-inference with a reranker. */
export const teiReranker: ServerImage = {
  loadMs: 10_000,
  memoryBytes: 400 * MiB,
  serve: (context) =>
    serveWithFaults(context, tei(hashedModel('BAAI/bge-reranker-base'), { task: 'rerank' })),
}

/** Serves a dialect; the faults of the host close its port, silence it or make it busy. */
async function serveWithFaults(
  { host, port, log }: ServeContext,
  dialect: Dialect,
): Promise<{ close(): Promise<void> }> {
  const options = { port, dialect, log, faults: () => host.faults.current() }
  let server: RunningServer | null = null
  // one change after the other: a port is free only once it is closed
  let settled: Promise<void> = Promise.resolve()
  let isOver = false
  const become = (isOpen: boolean): Promise<void> => {
    settled = settled.then(async () => {
      if (isOpen && !server) server = await serveDialect(options)
      if (isOpen || !server) return
      await server.close()
      server = null
    })
    return settled
  }
  const obey = ({ http }: HostFaults): void => {
    become(!isOver && http !== 'refuse').catch((error: unknown) => log(String(error)))
  }
  const leave = host.faults.watch(obey)
  await become(host.faults.current().http !== 'refuse')
  log(`listening on port ${port}`)
  return {
    close() {
      isOver = true
      leave()
      return become(false)
    },
  }
}
