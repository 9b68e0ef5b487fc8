import { describe, expect, it } from 'vitest'
import { ControlError, type Reply, type Upstream } from '#core'
import { lookAt } from './look.ts'

type Answers = Record<string, [status: number, body?: unknown]>

/** A server that gives these answers, and says what it was asked. */
function server(answers: Answers) {
  const asked: string[] = []
  const request = async (path: string): Promise<Reply> => {
    asked.push(path)
    const [status, value = ''] = answers[path] ?? [404, 'not found']
    const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
    const json = () => {
      try {
        return JSON.parse(body.toString())
      } catch (cause) {
        throw new ControlError('UPSTREAM_FAILED', 'The answer is not JSON', { cause })
      }
    }
    return { status, headers: {}, body, json }
  }
  return { asked, upstream: { request } as unknown as Upstream }
}

const signal = new AbortController().signal
const look = (answers: Answers) => lookAt(server(answers).upstream, true, signal)
const list = (...ids: unknown[]) => ({ object: 'list', data: ids.map((id) => ({ id })) })

describe('a look at a server', () => {
  it('with models is up, with what it lists, each once', async () => {
    expect(
      await look({ '/health': [200], '/v1/models': [200, list('a', 'b:latest', 'a')] }),
    ).toEqual({
      health: { state: 'up', figures: { models: 2 } },
      models: ['a', 'b:latest'],
      hasHealth: true,
    })
  })

  it('leaves out names that are none', async () => {
    const names = list('org/a b.gguf', 7, null, '', 'x\ny', '\ud800', 'x'.repeat(301))
    const { models } = await look({ '/v1/models': [200, names] })
    expect(models).toEqual(['org/a b.gguf'])
    const many = Array.from({ length: 2000 }, (_, n) => `m${n}`)
    expect((await look({ '/v1/models': [200, list(...many)] })).models).toHaveLength(1000)
    const odd = await look({ '/v1/models': [200, { data: [null, 'a', { id: 'b' }] }] })
    expect(odd.models).toEqual(['b'])
  })

  it.each([
    ['Ollama, which has none', [404]],
    ['one that wants a key for it', [401]],
    ['LM Studio, which answers 200 to every path', [200, { error: 'Unexpected endpoint' }]],
  ] as [string, [number, unknown?]][])('takes no health from %s', async (_, health) => {
    const found = await look({ '/health': health, '/v1/models': [200, list('a')] })
    expect(found).toMatchObject({ health: { state: 'up' }, hasHealth: false })
  })

  it('does not ask for a health that is known not to be there', async () => {
    const { upstream, asked } = server({ '/v1/models': [200, list('a')] })
    await lookAt(upstream, false, signal)
    expect(asked).toEqual(['/v1/models'])
  })

  const loading = { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }
  it.each([
    ['starting', 'llama.cpp is loading', { '/health': [503, loading] }],
    ['down', '/health says no', { '/health': [503], '/v1/models': [200, list('a')] }],
    ['idle', 'it lists none', { '/v1/models': [200, list()] }],
    ['busy', 'it has no room', { '/v1/models': [429] }],
    ['down', 'it wants a key', { '/v1/models': [401] }],
    ['down', 'it has no such list', {}],
    ['down', 'the list is no JSON', { '/v1/models': [200, '<html>'] }],
    ['down', 'the list is another', { '/v1/models': [200, { models: [] }] }],
    ['down', 'the list is null', { '/v1/models': [200, 'null'] }],
  ] as [string, string, Answers][])('is %s when %s', async (state, _, answers) => {
    const { health, models } = await look(answers)
    expect([health.state, models]).toEqual([state, []])
    expect(health.reason).not.toBe('')
  })

  it('names the key to set when the list is locked', async () => {
    expect((await look({ '/v1/models': [403] })).health.reason).toContain('api_key')
  })
})
