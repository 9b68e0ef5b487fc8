import { describe, expect, it } from 'vitest'
import { answerFinding } from './check-service.ts'

describe('what doctor says of a server', () => {
  it.each([
    [200, 'fine', /^answers at/],
    [204, 'fine', /^answers at/],
    [401, 'fine', /something answers .*401/],
    [404, 'fine', /something answers .*404/],
    [500, 'warning', /answers 500$/],
    [503, 'warning', /answers 503$/],
  ] as const)('that answers %i: %s', (status, level, message) => {
    const finding = answerFinding('llm', 'http://192.168.1.101:8888', status)
    expect(finding).toMatchObject({ subject: 'llm', level })
    expect(finding.message).toMatch(message)
  })
})
