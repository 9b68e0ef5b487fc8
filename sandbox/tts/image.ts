import type { ServerImage } from '../images.ts'
import { closeServer, listen } from '../ports.ts'
import { serveUnlessRefused } from '../serve-unless-refused.ts'
import { createFormantEngine } from './formant-engine.ts'
import { createTtsServer } from './http.ts'
import type { TtsServing } from './serving.ts'

const MIB = 1024 ** 2
/** A GPU under load answered after four to eight seconds. */
const BUSY_HEALTH_MS = 6_000

/** The image of the simulated Kokoro server. Its faults are the `tts` of the host. */
export const kokoroServer: ServerImage = {
  loadMs: 12_000,
  memoryBytes: 300 * MIB,
  serve(context) {
    const { host, cluster, port, log } = context
    const fault = () => host.faults.current().tts
    const isBusy = () => fault() === 'busy'
    const serving: TtsServing = {
      engine: createFormantEngine(cluster.pace, isBusy),
      trouble: () => {
        const now = fault()
        return now === 'hang' || now === 'error' || now === 'cut' ? now : undefined
      },
      beforeHealth: async () => {
        if (isBusy()) await cluster.pace.sleep(BUSY_HEALTH_MS)
      },
      log,
      isSimulated: true,
    }
    const open = async () => {
      const server = createTtsServer(serving)
      if (!(await listen(server, port))) throw new Error(`port ${port} is in use`)
      return {
        close() {
          const closed = closeServer(server)
          server.closeAllConnections()
          return closed
        },
      }
    }
    return serveUnlessRefused(context, open, ({ tts }) => tts === 'refuse')
  },
}
