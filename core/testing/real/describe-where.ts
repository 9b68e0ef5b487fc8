import { describe, it } from 'vitest'
import { isThorough } from '../thorough.ts'

/**
 * Describes tests that need parts of the machine. Where they are missing the tests are skipped with
 * one line that says why; where CI runs, that is a failure.
 */
export function describeWhere(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) {
    describe(title, tests)
    return
  }
  if (isThorough) {
    it(`${title}: the parts are there where CI runs`, () => {
      throw new Error(missing)
    })
    return
  }
  console.warn(`skipped: ${title}, since ${missing}`)
  describe.skip(title, tests)
}

/** The same of tests that take minutes: by default they are left out, though the parts are there. */
export const describeSlow: typeof describeWhere = (missing, title, tests) =>
  describeWhere(isThorough ? missing : 'it takes minutes: CI=true npm test runs it', title, tests)
