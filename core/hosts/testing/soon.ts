import { vi } from 'vitest'

/** Waits until the check holds; patient, because tests share a busy machine. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}

/** Gives the tests of a file that starts processes more time than the default. */
export function takeTime(): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })
}
