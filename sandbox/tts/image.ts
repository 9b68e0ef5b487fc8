import type { ServerImage } from '../images.ts'
import { closeServer, listen } from '../ports.ts'
import { createFormantEngine } from './formant-engine.ts'
import { createTtsServer } from './http.ts'

const MIB = 1024 ** 2
/** A GPU under load answered after four to eight seconds. */
const BUSY_HEALTH_MS = 6_000

/** The image of the simulated Kokoro server. Its faults are the `tts` of the host. */
export const kokoroServer: ServerImage = {
  loadMs: 12_000,
  memoryBytes: 300 * MIB,
  async serve({ host, cluster, port, log }) {
    const fault = () => host.faults.current().tts
    const isBusy = () => fault() === 'busy'
    const server = createTtsServer({
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
    })
    if (!(await listen(server, port))) throw new Error(`port ${port} is in use`)
    log(`INFO: Uvicorn running on http://127.0.0.1:${port}`)
    const obey = () => {
      const shouldListen = fault() !== 'refuse'
      if (shouldListen === server.listening) return
      if (shouldListen) return void listen(server, port)
      server.close()
      server.closeAllConnections()
    }
    const leave = host.faults.watch(obey)
    return {
      async close() {
        leave()
        server.closeAllConnections()
        await closeServer(server)
      },
    }
  },
}
