/**
 * Milliseconds of processor time that some work takes: what the clock would say on a machine that does nothing else, so
 * that a busy one gives the same figures.
 */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
