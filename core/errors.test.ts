import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { asControlError, CODES, ControlError } from './errors.ts'

const documented = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')

it('has every code with its status and meaning in docs/errors.md, and no other', () => {
  const rows = [...documented.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map(
    ([, code, status, meaning]) => [code, [Number(status), meaning]],
  )
  expect(Object.fromEntries(rows)).toMatchObject(CODES)
  const own = rows.filter(([code]) => String(code) in CODES)
  expect(own.length).toBe(Object.keys(CODES).length)
})

it('takes the status from the code, or from the plugin that made the code up', () => {
  expect(new ControlError('JOB_RUNNING', 'x').status).toBe(409)
  expect(new ControlError('LAMP_BROKEN', 'x', { status: 502 }).status).toBe(502)
  expect(new ControlError('LAMP_BROKEN', 'x').status).toBe(500)
})

it.each([
  [{ code: 'EMFILE' }, 'OVERLOADED', 503],
  [{ code: 'ENOSPC' }, 'STORE_UNUSABLE', 500],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'STORE_UNUSABLE', 500],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 778 }, 'STORE_UNUSABLE', 500],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 1 }, 'INTERNAL', 500],
])('tells what the machine lacks, with the way out: %j', (fields, code, status) => {
  const told = asControlError(Object.assign(new Error('full'), fields))
  expect(told).toMatchObject({ code, status, cause: { message: 'full' } })
  if (code !== 'INTERNAL') expect(told.hint).toBeDefined()
})

it('keeps the cause of what it did not expect', () => {
  const cause = new TypeError('no such thing')
  expect(asControlError(cause)).toMatchObject({ code: 'INTERNAL', status: 500, cause })
})
