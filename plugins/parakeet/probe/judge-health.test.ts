import { expect, it } from 'vitest'
import { judgeHealth } from './judge-health.ts'

it.each([
  ['up', 200, '{"status":"ok"}'],
  ['up', 200, '{"status":"healthy","ready":true,"models":[]}'],
  ['up', 200, 'OK'],
  ['up', 200, 'null'],
  ['up', 204, ''],
  ['starting', 200, '{"status":"starting","ready":false}'],
  ['starting', 200, '{"status":"ok","model_loaded":false}'],
  ['starting', 503, '{"detail":"not ready"}'],
  ['busy', 429, ''],
  ['down', 401, ''],
  ['down', 404, '{"detail":"Not Found"}'],
  ['down', 500, ''],
  ['down', 302, ''],
] as const)('is %s when its health answers %i %s', (state, status, text) => {
  const health = judgeHealth({ status, body: Buffer.from(text) })
  expect(health.state).toBe(state)
  expect(health.reason === undefined).toBe(state === 'up')
})

it('names the key to set when its health is locked or elsewhere', () => {
  expect(judgeHealth({ status: 403, body: Buffer.of() }).reason).toContain('api_key')
  expect(judgeHealth({ status: 404, body: Buffer.of() }).reason).toContain('set health')
})
