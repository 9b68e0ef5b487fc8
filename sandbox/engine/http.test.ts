import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox, until } from '../testing/test-sandbox.ts'

const MODEL = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SMALL = 'Qwen/Qwen3-4B-FP8'
let sandbox: TestSandbox
let base: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  base = `http://127.0.0.1:${sandbox.ports.llm}`
})
afterAll(() => sandbox.close())

interface Chunk {
  object: string
  choices: { delta: Record<string, unknown>; finish_reason: string | null; text?: string }[]
  usage?: { completion_tokens: number; prompt_tokens: number; total_tokens: number }
}

const post = (path: string, body: object, signal?: AbortSignal) =>
  fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
const chat = (more: object, signal?: AbortSignal) =>
  post(
    '/v1/chat/completions',
    { model: MODEL, messages: [{ role: 'user', content: 'Weather in Oslo?' }], ...more },
    signal,
  )
const chunksOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as Chunk)
const joined = (chunks: Chunk[], field: string) =>
  chunks.map((chunk) => chunk.choices[0]?.delta[field] ?? '').join('')
const TOOLS = [
  {
    type: 'function',
    function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
  },
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
        required: ['city'],
      },
    },
  },
]

test('both first models serve at the start, marked as simulated', async () => {
  const health = await fetch(`${base}/health`)
  expect([health.status, await health.text()]).toEqual([200, ''])
  expect(health.headers.get('x-spark-control-simulated')).toBe('true')
  expect(await (await fetch(`${base}/v1/models`)).json()).toMatchObject({
    object: 'list',
    data: [{ id: MODEL, root: MODEL, owned_by: 'vllm', max_model_len: 131072 }],
  })
  const other = await fetch(`http://127.0.0.1:${sandbox.ports['llm-2']}/v1/models`)
  expect(await other.json()).toMatchObject({ data: [{ id: SMALL }] })
  expect(await (await fetch(`${base}/version`)).json()).toEqual({ version: '0.21.0' })
})

test('a stream opens with the role, thinks, answers the prompt, counts and ends with [DONE]', async () => {
  const answer = await chat({ stream: true, stream_options: { include_usage: true } })
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const text = await answer.text()
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  const chunks = chunksOf(text)
  expect(chunks[0]).toMatchObject({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
  })
  expect(joined(chunks, 'reasoning')).toContain('simulated')
  expect(joined(chunks, 'content')).toContain('This is a simulated model')
  expect(joined(chunks, 'content')).toContain('You wrote: “Weather in Oslo?”.')
  const [last, usage] = chunks.slice(-2)
  expect(last?.choices[0]?.finish_reason).toBe('stop')
  expect(usage?.choices).toEqual([])
  expect(usage?.usage?.completion_tokens).toBe(chunks.length - 3)
})

test('a whole answer has the message, no reasoning when thinking is off, and the usage', async () => {
  const answer = await chat({ chat_template_kwargs: { enable_thinking: false } })
  expect(await answer.json()).toMatchObject({
    object: 'chat.completion',
    model: MODEL,
    choices: [
      {
        message: {
          role: 'assistant',
          content: expect.stringContaining('Oslo'),
          reasoning: null,
          tool_calls: [],
        },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 12, completion_tokens: expect.any(Number) },
  })
})

test('each answer is timed as a whole, and its writing', async () => {
  const before = await figure('request_decode_time_seconds_count')
  await (await chat({ max_tokens: 3 })).json()
  expect(await figure('request_decode_time_seconds_count')).toBe(before + 1)
  expect(await figure('e2e_request_latency_seconds_count')).toBeGreaterThan(before)
})

test('max_tokens cuts the answer off with the reason length', async () => {
  const { choices, usage } = (await (await chat({ max_tokens: 5 })).json()) as Chunk
  expect([choices[0]?.finish_reason, usage?.completion_tokens]).toEqual(['length', 5])
})

test('tools are called with arguments that fit their schema, streamed and whole', async () => {
  const whole = (await (await chat({ tools: TOOLS })).json()) as Chunk
  expect(whole.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [
        { type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
      ],
    },
  })
  const chunks = chunksOf(await (await chat({ tools: TOOLS, stream: true })).text())
  const calls = chunks.flatMap(
    (chunk) =>
      (chunk.choices[0]?.delta.tool_calls ?? []) as {
        function: { name?: string; arguments: string }
      }[],
  )
  expect(calls[0]?.function.name).toBe('get_weather')
  expect(calls.map((call) => call.function.arguments).join('')).toBe('{"city":"Oslo"}')
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
  const after = (await (
    await chat({
      tools: TOOLS,
      messages: [
        { role: 'user', content: 'Weather in Oslo?' },
        { role: 'tool', content: 'snow, -4 °C' },
      ],
    })
  ).json()) as { choices: [{ message: { content: string } }] }
  expect(after.choices[0].message.content).toContain('The tool answered: “snow, -4 °C”.')
})

test('an answer asked for by JSON schema fits it', async () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, warm: { type: 'boolean' } },
    required: ['city', 'warm'],
  }
  const answer = (await (
    await chat({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })
  ).json()) as { choices: [{ message: { content: string } }] }
  expect(JSON.parse(answer.choices[0].message.content)).toEqual({ city: 'Oslo', warm: true })
})

test('completions stream text', async () => {
  const answer = await post('/v1/completions', {
    model: MODEL,
    prompt: 'Once',
    max_tokens: 30,
    stream: true,
  })
  const chunks = chunksOf(await answer.text())
  expect(chunks.map((chunk) => chunk.choices[0]?.text).join('')).toMatch(
    /^This is a simulated model/,
  )
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length')
})

const eventsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n\n')
    .map((event) => JSON.parse(event.slice(event.indexOf('\ndata: ') + 7)))

test('messages are answered in blocks, thinking first, whole and streamed', async () => {
  const ask = (more: object) =>
    post('/v1/messages', {
      model: MODEL,
      max_tokens: 500,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Weather in Oslo?' }] }],
      ...more,
    })
  expect(await (await ask({})).json()).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [
      { type: 'thinking' },
      { type: 'text', text: expect.stringContaining('Weather in Oslo?') },
    ],
    stop_reason: 'end_turn',
    usage: { input_tokens: 12 },
  })
  const tools = [{ name: 'get_weather', input_schema: TOOLS[1]?.function.parameters }]
  const events = eventsOf(await (await ask({ tools, stream: true })).text())
  const types = events.map((each) => each.type).filter((type, at, all) => type !== all[at - 1])
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  expect(events.map((each) => each.delta?.partial_json ?? '').join('')).toBe('{"city":"Oslo"}')
  expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } })
  expect((await ask({ max_tokens: undefined })).status).toBe(400)
})

test('responses are answered in items, whole and streamed', async () => {
  const ask = (more: object) =>
    post('/v1/responses', { model: MODEL, input: 'Weather in Oslo?', ...more })
  expect(await (await ask({})).json()).toMatchObject({
    object: 'response',
    status: 'completed',
    output: [
      { type: 'reasoning' },
      { type: 'message', content: [{ text: expect.stringContaining('Weather in Oslo?') }] },
    ],
  })
  const events = eventsOf(await (await ask({ stream: true, max_output_tokens: 60 })).text())
  expect(events.map((each) => each.sequence_number)).toEqual(events.map((_each, at) => at))
  expect(events[0].type).toBe('response.created')
  expect(events.some((each) => each.type === 'response.output_text.delta')).toBe(true)
  expect(events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { usage: { output_tokens: 60 } },
  })
})

test.each([
  ['another model', { model: 'nope' }, 404, 'NotFoundError', 'The model `nope` does not exist.'],
  ['no messages', { messages: [] }, 400, 'BadRequestError', 'at least 1 item'],
  ['max_tokens 0', { max_tokens: 0 }, 400, 'BadRequestError', 'max_tokens must be at least 1'],
  [
    'too long',
    { max_tokens: 200_000 },
    400,
    'BadRequestError',
    'maximum context length is 131072 tokens',
  ],
])('%s is refused in vLLM’s shape', async (_what, more, code, type, message) => {
  const answer = await chat(more)
  expect(answer.status).toBe(code)
  expect(await answer.json()).toMatchObject({
    error: { code, type, message: expect.stringContaining(message) },
  })
})

test('tools are refused by an engine without a tool parser', async () => {
  const answer = await fetch(`http://127.0.0.1:${sandbox.ports['llm-2']}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model: SMALL,
      tools: TOOLS,
      messages: [{ role: 'user', content: 'x' }],
    }),
  })
  expect(await answer.json()).toMatchObject({
    error: { code: 400, message: expect.stringContaining('--tool-call-parser to be set') },
  })
})

const figure = async (name: string) => {
  const text = await (await fetch(`${base}/metrics`)).text()
  const escaped = name.replace(/[{}"]/g, '\\$&')
  return Number(new RegExp(`^vllm:${escaped}\\S* (\\S+)$`, 'm').exec(text)?.[1])
}

test('generation ends when the client leaves, and the metrics say so', async () => {
  const leaving = new AbortController()
  const answer = await chat({ stream: true, ignore_eos: true, max_tokens: 50_000 }, leaving.signal)
  expect(await figure('num_requests_running')).toBe(1)
  const reader = answer.body?.getReader()
  await reader?.read()
  leaving.abort()
  await until(async () => ((await figure('num_requests_running')) === 0 ? true : undefined))
  expect(await figure('generation_tokens_total')).toBeGreaterThan(0)
  const text = await (await fetch(`${base}/metrics`)).text()
  expect(text).toContain(`finished_reason="abort"} 1.0`)
})

test('a busy GPU shows phantom requests and a loaded GPU', async () => {
  await sandbox.setFaults('spark-1', { busy: true })
  expect(await figure('num_requests_running')).toBe(6)
  await until(async () => {
    const { out } = await sandbox.run(
      'spark-1',
      'nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits',
    )
    return Number(out) > 80 ? true : undefined
  })
  await sandbox.setFaults('spark-1', {})
})

test('HTTP can be refused, silent and failing while the engine lives', async () => {
  await sandbox.setFaults('spark-1', { http: 'refuse' })
  await expect(fetch(`${base}/health`)).rejects.toThrow()
  await sandbox.setFaults('spark-1', { http: 'hang' })
  const answer = await until(() =>
    fetch(`${base}/health`, { signal: AbortSignal.timeout(100) }).then(
      () => undefined,
      (error: Error) => (error.name === 'TimeoutError' ? error : undefined),
    ),
  )
  expect(answer.name).toBe('TimeoutError')
  await sandbox.setFaults('spark-1', { http: 'error' })
  expect((await fetch(`${base}/health`)).status).toBe(503)
  await sandbox.setFaults('spark-1', {})
  expect((await fetch(`${base}/health`)).status).toBe(200)
})

test('an answer can stop in the middle while its line stays open', async () => {
  await sandbox.setFaults('spark-1', { engine: 'hang-mid-stream' })
  const leaving = new AbortController()
  const answer = await chat({ stream: true }, leaving.signal)
  const reader = answer.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"role":"assistant"')
  await until(async () => {
    const faults = await (await fetch(`${sandbox.controlUrl}/faults`)).json()
    return faults.faults['spark-1'].engine === undefined ? true : undefined
  })
  expect(await figure('num_requests_running')).toBe(1)
  leaving.abort()
  await until(async () => ((await figure('num_requests_running')) === 0 ? true : undefined))
})

test('an engine that dies in an answer cuts the stream, its port and its processes, not the container', async () => {
  await sandbox.setFaults('spark-1', { engine: 'die-mid-stream' })
  const answer = await chat({ stream: true })
  await expect(answer.text()).rejects.toThrow()
  await expect(fetch(`${base}/health`)).rejects.toThrow()
  const { out } = await sandbox.run(
    'spark-1',
    'docker top vllm_node -eo pid,args; docker logs --tail 8 vllm_node',
  )
  expect(out).not.toContain('VLLM::EngineCore')
  expect(out).toContain('EngineDeadError')
  const faults = await (await fetch(`${sandbox.controlUrl}/faults`)).json()
  expect(faults).toMatchObject({ faults: { 'spark-1': {} } })
})
