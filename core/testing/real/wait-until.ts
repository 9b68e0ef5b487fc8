import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is yes; throws what `otherwise` says when time is up. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  options: { withinMs: number; otherwise: () => string },
): Promise<void> {
  const endMs = performance.now() + options.withinMs
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(options.otherwise())
    await sleep(25)
  }
}
