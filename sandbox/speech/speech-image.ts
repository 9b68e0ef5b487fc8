import type { ServerImage } from '../images.ts'
import { serveUnlessRefused } from '../serve-unless-refused.ts'
import type { SpeechServer, Surroundings } from './speech-server.ts'

/** A speech server as an image: it takes half a minute to load, and has the faults of its host. */
export const speechImage = (
  start: (surroundings: Surroundings) => Promise<SpeechServer>,
  memoryBytes: number,
): ServerImage => ({
  loadMs: 30_000,
  memoryBytes,
  serve(context) {
    const { host, cluster, port, log } = context
    const faults = {
      current: () => host.faults.current().speech,
      used: () => host.faults.end('speech'),
    }
    return serveUnlessRefused(
      context,
      () => start({ port, log, pace: cluster.pace, faults }),
      ({ speech }) => speech === 'refuse',
    )
  },
})
