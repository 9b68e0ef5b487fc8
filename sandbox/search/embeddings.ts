import type { ServeContext, ServerImage } from '../images.ts'
import { serveUnlessRefused } from '../serve-unless-refused.ts'
import { flag } from './embeddings/flag.ts'
import { type Dialect, serveDialect } from './embeddings/http.ts'
import { hashedModel } from './embeddings/model.ts'
import { tei } from './embeddings/tei.ts'

const MiB = 1024 ** 2

/** bge-m3 in eight bits behind a FastAPI app: dense and sparse vectors in one answer. */
export const bgeM3: ServerImage = {
  loadMs: 15_000,
  memoryBytes: 400 * MiB,
  serve: (context) => serveWithFaults(context, flag(hashedModel('BAAI/bge-m3'))),
}

/** text-embeddings-inference with a reranker. */
export const teiReranker: ServerImage = {
  loadMs: 10_000,
  memoryBytes: 250 * MiB,
  serve: (context) =>
    serveWithFaults(context, tei(hashedModel('BAAI/bge-reranker-base'), { task: 'rerank' })),
}

/** Serves a dialect; the faults of the host close its port, silence it or make it busy. */
function serveWithFaults(context: ServeContext, dialect: Dialect) {
  const { host, port, log } = context
  const options = { port, dialect, log, faults: () => host.faults.current() }
  return serveUnlessRefused(context, () => serveDialect(options))
}
