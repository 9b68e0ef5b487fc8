import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServeOptions } from './options.ts'
import { say } from './voice.ts'

interface ChatBody {
  model?: string
  stream?: boolean
  tools?: { function?: { name?: string } }[]
  messages?: { content?: string }[]
}

const WORDS = ['We', ' live', ' on', ' Earth', '.']
const seconds = () => Math.floor(Date.now() / 1000)

/** Opens the port: from now on the model answers. */
export function serveHttp(options: ServeOptions): void {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy())
  })
  server.on('error', (error) => {
    say.plain(`OSError: ${error.message}: address already in use`)
    process.exit(1)
  })
  server.listen(options.port, options.host, () => {
    say.api(
      'api_server.py:1846',
      `Starting vLLM API server 0 on http://${options.host}:${options.port}`,
    )
    say.plain('INFO:     Application startup complete.')
  })
}

async function answer(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]
  if (path === '/health') return void response.writeHead(200).end()
  if (path === '/version') return json(response, 200, { version: '0.29.0' })
  if (path === '/v1/models') return json(response, 200, { object: 'list', data: list(options) })
  if (path === '/metrics') return void response.writeHead(200).end(metrics(options))
  if (path !== '/v1/chat/completions' || request.method !== 'POST') {
    return json(response, 404, { detail: 'Not Found' })
  }
  const body = await readBody(request)
  if (!options.servedNames.includes(body.model ?? '')) {
    const message = `The model \`${body.model}\` does not exist.`
    return json(response, 404, {
      error: { message, type: 'NotFoundError', param: 'model', code: 404 },
    })
  }
  if (body.stream) return stream(body, response)
  json(response, 200, complete(body))
}

const list = ({ servedNames, model }: ServeOptions) =>
  servedNames.map((id) => ({
    id,
    object: 'model',
    created: seconds(),
    owned_by: 'vllm',
    root: model,
    parent: null,
    max_model_len: 40_960,
  }))

const metrics = ({ servedNames }: ServeOptions) =>
  ['running', 'waiting']
    .map((what) => `vllm:num_requests_${what}{engine="0",model_name="${servedNames[0]}"} 0.0\n`)
    .join('')

function complete({ model, tools }: ChatBody) {
  const name = tools?.[0]?.function?.name
  const call = {
    id: 'chatcmpl-tool-1',
    type: 'function',
    function: { name, arguments: '{"city": "Paris"}' },
  }
  const message = {
    role: 'assistant',
    content: name ? null : WORDS.join(''),
    tool_calls: name ? [call] : [],
  }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: seconds(),
    model,
    choices: [{ index: 0, message, finish_reason: name ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: WORDS.length, total_tokens: 9 + WORDS.length },
  }
}

async function stream({ model }: ChatBody, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  const send = (delta: object, finish_reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason }]
    const chunk = {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: seconds(),
      model,
      choices,
    }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  send({ role: 'assistant', content: '' })
  for (const content of WORDS) {
    await sleep(20)
    send({ content })
  }
  send({ content: '' }, 'stop')
  response.end('data: [DONE]\n\n')
}

async function readBody(request: IncomingMessage): Promise<ChatBody> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as ChatBody
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
