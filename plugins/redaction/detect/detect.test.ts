import { describe, expect, it } from 'vitest'
import { createDetector } from './index.ts'

const detector = createDetector({ regions: ['US', 'GB', 'DE'], deny: [], allow: [], patterns: [] })

const foundIn = (text: string): string[] =>
  detector
    .detect(text, { mode: 'balanced' })
    .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)

describe('the detector', () => {
  it.each([
    ['write to alice@example.com.', 'EMAIL alice@example.com'],
    ['bob [at] example [dot] org, please', 'EMAIL bob [at] example [dot] org'],
    ['carol at example dot net', 'EMAIL carol at example dot net'],
    ['ring +44 20 7946 0958 today', 'PHONE +44 20 7946 0958'],
    ['paid by 4111 1111 1111 1111', 'CARD 4111 1111 1111 1111'],
    ['to GB82 WEST 1234 5698 7654 32', 'IBAN GB82 WEST 1234 5698 7654 32'],
    ['my ssn: 219-09-9999', 'SSN 219-09-9999'],
    ['from 10.0.0.12 port 80', 'IP 10.0.0.12'],
    ['at fe80::1 it', 'IP fe80::1'],
    ['mac 00:1A:2B:3C:4D:5E is', 'MAC 00:1A:2B:3C:4D:5E'],
    ['see http://bob:pw@example.org/x?y=1', 'URL http://bob:pw@example.org/x?y=1'],
    ['on March 5, 2020 it', 'DATE March 5, 2020'],
    ['password: correct-horse', 'SECRET correct-horse'],
    [
      'to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'CRYPTO bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
    ],
  ])('reads %j', (text, finding) => {
    expect(foundIn(text)).toContain(finding)
  })

  it.each([
    'alice%40example.com',
    'alice&#64;example.com',
    '\\u0061lice@example.com',
    'ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ',
    'al\u200bice@exa\u00admple.com',
  ])('sees through the disguise of %j', (text) => {
    expect(foundIn(`to ${text} now`)).toContain(`EMAIL ${text}`)
  })
})
