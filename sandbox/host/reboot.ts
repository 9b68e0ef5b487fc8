import type { SimHost } from '../cluster.ts'
import type { Container } from '../docker/daemon.ts'

/**
 * Restarts a host when the fault says so: its connections are cut, its uptime begins anew, and what
 * ran in containers is gone. Those without --rm stay, stopped, as docker keeps them; `boot` starts
 * those again that are to come back.
 */
export function obeyRebootFault(
  host: SimHost,
  startClock: () => void,
  boot: (container: Container) => void,
): void {
  host.faults.watch((faults) => {
    if (faults.host !== 'reboot') return
    const { host: _used, ...rest } = faults
    const comingBack = host.docker.containers.filter(
      ({ state, restartPolicy }) => state === 'running' && restartPolicy === 'unless-stopped',
    )
    for (const container of host.docker.containers) host.docker.kill(container, 255)
    startClock()
    for (const container of comingBack) boot(container)
    host.faults.set({ ...rest, ssh: 'drop' })
  })
}
