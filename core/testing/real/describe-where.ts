import { describe, it } from 'vitest'

/**
 * Describes tests that need parts of the machine. Where they are missing the tests are skipped with
 * one line that says why; where CI runs, that is a failure.
 */
export function describeWhere(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) {
    describe(title, tests)
    return
  }
  if (process.env.CI === 'true') {
    it(`${title}: the parts are there where CI runs`, () => {
      throw new Error(missing)
    })
    return
  }
  console.warn(`skipped: ${title}, since ${missing}`)
  describe.skip(title, tests)
}
