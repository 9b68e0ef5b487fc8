import { describe, expect, it } from 'vitest'
import { setLink } from './live.ts'
import { isMissingPart, missingPartWords } from './missing-part.ts'

describe('a part of the dashboard that could not be fetched', () => {
  it.each([
    ['Failed to fetch dynamically imported module: http://<host>/assets/Hosts.js', true],
    ['error loading dynamically imported module: http://<host>/assets/Hosts.js', true],
    ['Importing a module script failed.', true],
    ['undefined is not a function', false],
  ])('%s: %s', (message, isMissing) => {
    expect(isMissingPart(new TypeError(message))).toBe(isMissing)
  })

  it('is said by whether the controller is there', () => {
    setLink('lost')
    expect(missingPartWords()).toMatch(/does not answer/)
    setLink('open')
    expect(missingPartWords()).toMatch(/upgraded/)
  })
})
