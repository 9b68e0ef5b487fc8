import type { HostFaults } from './faults.ts'
import type { ServeContext } from './images.ts'

/** Serves as long as no fault of the host closes the port (`http: refuse`, or what `isRefused` says). */
export async function serveUnlessRefused(
  { host, port, log }: ServeContext,
  open: () => Promise<{ close(): Promise<void> }>,
  isRefused: (faults: HostFaults) => boolean = ({ http }) => http === 'refuse',
): Promise<{ close(): Promise<void> }> {
  let server: { close(): Promise<void> } | null = null
  // one change after the other: a port is free only once it is closed
  let settled: Promise<void> = Promise.resolve()
  let isOver = false
  const become = (isOpen: boolean): Promise<void> => {
    const turn = settled.then(async () => {
      if (isOpen && !server) server = await open()
      if (isOpen || !server) return
      await server.close()
      server = null
    })
    // a port that is taken today may be free at the next change
    settled = turn.catch(() => undefined)
    return turn
  }
  const obey = (faults: HostFaults) =>
    become(!isOver && !isRefused(faults)).catch((error: unknown) => log(String(error)))
  const leave = host.faults.watch(obey)
  await become(!isRefused(host.faults.current()))
  log(`listening on port ${port}`)
  return {
    close() {
      isOver = true
      leave()
      return become(false)
    },
  }
}
