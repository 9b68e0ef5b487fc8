import type { SimHost } from '../cluster.ts'
import type { ServerImage } from '../images.ts'
import { serveUnlessRefused } from '../serve-unless-refused.ts'
import { startQdrant } from './qdrant.ts'
import type { Collections } from './routes.ts'
import { createStall } from './stall.ts'

/** What the hosts' Qdrants keep: on a volume, so a container that is started again has it. */
const volumes = new WeakMap<SimHost, Collections>()

/** Qdrant in a container, with its key from the environment. */
export const qdrantImage: ServerImage = {
  loadMs: 3_000,
  memoryBytes: 200 * 1024 ** 2,
  async serve(context) {
    const { host, port, env, log } = context
    const collections = volumes.get(host) ?? new Map()
    volumes.set(host, collections)
    const stall = createStall(host.faults)
    const open = () =>
      startQdrant({
        ...{ port, collections, apiKey: env.QDRANT__SERVICE__API_KEY, record: log },
        fault() {
          const { http, qdrant } = host.faults.current()
          if (http === 'error' || http === 'hang') return http
          return qdrant === 'down' || qdrant === 'stalls' ? undefined : qdrant
        },
        beforeWrite: stall.pass,
      })
    const server = await serveUnlessRefused(
      context,
      open,
      ({ http, qdrant }) => http === 'refuse' || qdrant === 'down',
    )
    return {
      close() {
        stall.close()
        return server.close()
      },
    }
  },
}
