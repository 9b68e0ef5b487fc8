import { expect, it } from 'vitest'
import { namesIn } from './names-in.ts'

it.each([
  ['what is `HOST_KEY_CHANGED`?', ['HOST_KEY_CHANGED']],
  ['error 417 EXPECTATION_FAILED', ['EXPECTATION_FAILED']],
  ['disk_low 20g, on_demand.preload', ['disk_low', '20g', 'on_demand.preload']],
  ['start it with --port (or X-Queue-Position)', ['--port', 'X-Queue-Position']],
  ['memory of a GB10', ['GB10']],
  ['Does my well-known GPU survive 30 days? Yes.', []],
  ['What about daylight saving time; and so on…', []],
])('in “%s” things are named by %j', (query, names) => {
  expect(namesIn(query)).toEqual(names)
})
