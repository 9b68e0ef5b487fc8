import type { SimHost } from '../cluster.ts'

/**
 * Restarts a host when the fault says so: its connections are cut, its uptime begins anew, and what
 * ran in containers is gone. Those without --rm stay, stopped, as docker keeps them.
 */
export function obeyRebootFault(host: SimHost, startClock: () => void): void {
  host.faults.watch((faults) => {
    if (faults.host !== 'reboot') return
    const { host: _used, ...rest } = faults
    for (const container of host.docker.containers) host.docker.kill(container, 255)
    startClock()
    host.faults.set({ ...rest, ssh: 'drop' })
  })
}
