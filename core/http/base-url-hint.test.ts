import { expect, it } from 'vitest'
import { baseUrlHint } from './mounts.ts'

const ROUTES = ['POST /v1/chat/completions', 'POST /api/swap']

it.each([
  ['/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/api/v1/chat/completions', '/v1/chat/completions'],
  ['/models', '/v1/models'],
])('%s: the base URL is said to be wrong, and %s is named', (path, meant) => {
  expect(baseUrlHint(path, ROUTES)).toContain(`it is at ${meant}:`)
})

it.each(['/completions/x', '/swap', '/v1/images'])('%s is something else', (path) => {
  expect(baseUrlHint(path, ROUTES)).toBeUndefined()
})
