import { expect, it } from 'vitest'
import type { Upstream } from '#core'
import { readServed } from './read-served.ts'

/** What is read of a server that lists this. */
const read = (list: unknown) =>
  readServed(
    {
      request: async (path: string) => ({
        ...{ status: 200, headers: {}, body: Buffer.alloc(0) },
        json: () => (path === '/health' ? null : list),
      }),
    } as unknown as Upstream,
    new AbortController().signal,
  )

it('takes names for names, and no more of them than anybody could have', async () => {
  const ids = ['Qwen/Qwen3-8B', 'a\nb', '\u001b[31m', 'x'.repeat(301), '', 7, null, 'my tune']
  expect(await read({ data: ids.map((id) => ({ id })) })).toMatchObject({
    ...{ state: 'serving', models: ['Qwen/Qwen3-8B', 'my tune'] },
  })
  const many = Array.from({ length: 50_000 }, (_, at) => ({ id: `model-${at}` }))
  expect(await read({ data: many })).toMatchObject({ models: { length: 1_000 } })
})

it.each([null, 7, [], {}, { data: null }, { data: [null] }, { data: [{ id: '\n' }] }])(
  'a list that names none is no engine: %j',
  async (list) => expect(await read(list)).toMatchObject({ state: 'broken' }),
)
