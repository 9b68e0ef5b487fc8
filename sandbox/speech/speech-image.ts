import type { ServerImage } from '../images.ts'
import type { SpeechServer, Surroundings } from './speech-server.ts'

/** A speech server as an image: it takes half a minute to load, and has the faults of its host. */
export const speechImage = (
  start: (surroundings: Surroundings) => Promise<SpeechServer>,
  memoryBytes: number,
): ServerImage => ({
  loadMs: 30_000,
  memoryBytes,
  serve: ({ host, cluster, port, log }) =>
    start({
      ...{ port, log, pace: cluster.pace },
      faults: {
        current: () => host.faults.current().speech,
        used: () => host.faults.end('speech'),
        watch: (listener) => host.faults.watch(listener),
      },
    }),
})
