import { expect, it } from 'vitest'
import { CODES } from '../core/errors.ts'
import { pages, read } from './testing/code-blocks.ts'

/** What callers do wrong by themselves: the answer tells them, and no operator is asked. */
const OF_CALLERS: ReadonlySet<string> = new Set([
  ...['BAD_REQUEST', 'VALIDATION', 'NOT_FOUND', 'METHOD_NOT_ALLOWED', 'GONE', 'PAYLOAD_TOO_LARGE'],
  ...['EXPECTATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE', 'IDEMPOTENCY_MISMATCH', 'LEASE_LOST'],
  ...['SERVICE_UNKNOWN', 'SERVICE_AMBIGUOUS', 'ACTION_UNKNOWN', 'HOST_UNKNOWN', 'JOB_UNKNOWN'],
  ...['SCHEDULE_UNKNOWN', 'WEBHOOK_UNKNOWN', 'DELIVERY_UNKNOWN', 'CONTAINER_UNKNOWN'],
  ...['MODEL_NOT_FOUND'],
])

const CODE = /`([A-Z][A-Z_]{7,})`/g
const codesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(CODE)].map(([, code]) => code ?? '')),
]

/** Codes with a status in a table: of docs/errors.md and of the pages of the kinds. */
const rows = ['docs/errors.md', ...pages().filter((page) => page.startsWith('plugins/'))]
  .flatMap((page) => read(page).split('\n'))
  .flatMap((line) => {
    const [, codes = '', statuses = ''] =
      /^\| ((?:`[A-Z_]+`,? ?)+)\| ([45]\d\d[^|]*)\|/.exec(line) ?? []
    return codesIn(codes).map((code) => ({ code, isServers: /5\d\d/.test(statuses) }))
  })
const runbook = read('docs/runbook.md')

it('the runbook names no code that there is not', () => {
  const told = codesIn(rows.map(({ code }) => `\`${code}\``).join(' '))
  const elsewhere = pages()
    .filter((page) => page.startsWith('plugins/'))
    .map(read)
    .join('')
  const known = new Set([...told, ...codesIn(elsewhere)])
  expect(codesIn(runbook).filter((code) => !known.has(code))).toEqual([])
})

it('every code an operator can meet is found in it', () => {
  const own = Object.keys(CODES).filter((code) => !OF_CALLERS.has(code))
  const kinds = rows.filter(({ isServers }) => isServers).map(({ code }) => code)
  expect(kinds.length).toBeGreaterThan(40)
  const found = new Set(codesIn(runbook))
  expect([...new Set([...own, ...kinds])].filter((code) => !found.has(code))).toEqual([])
})
