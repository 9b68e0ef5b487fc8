import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { VLLM_VERSION } from '../docker/version.ts'
import { countTokens } from './answer.ts'
import { CHAT, COMPLETION } from './completions.ts'
import type { Generator } from './generate.ts'
import { MESSAGES } from './messages.ts'
import { printMetrics } from './metrics.ts'
import { readMessages, readResponses } from './other-requests.ts'
import { replyWith } from './reply.ts'
import {
  type Body,
  type Generation,
  isRefusal,
  type Refusal,
  readChat,
  readCompletion,
} from './request.ts'
import { RESPONSES } from './responses.ts'
import type { ServeOptions } from './serve-options.ts'
import type { Dialect } from './wire.ts'

/** What a serving engine is asked about. */
export interface Serving extends Generator {
  options: ServeOptions
  maxModelLen: number
  cacheTokens: number
  startedAtS: number
  logAccess(line: string): void
}

const MAX_BODY_BYTES = 64 * 1024 * 1024
// Not behind the key in the real one either.
const OPEN_PATHS = new Set(['/health', '/ping', '/version', '/metrics', '/load', '/tokenize'])

/** vLLM's HTTP server; not listening yet. */
export function createEngineServer(serving: Serving): Server {
  return createServer((request, response) => {
    response.setHeader('x-spark-control-simulated', 'true')
    response.setHeader('server', 'uvicorn')
    serve(serving, request, response).catch((error: unknown) => {
      if (response.destroyed) return
      if (response.headersSent) return void response.destroy()
      refuse(response, { status: 500, type: 'InternalServerError', message: String(error) })
    })
  })
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse) {
  const path = (request.url ?? '/').replace(/\?.*$/, '')
  const { http, busy } = serving.faults.current()
  if (http === 'hang') return
  if (http === 'error') {
    return refuse(response, { status: 503, type: 'ServiceUnavailable', message: 'simulated fault' })
  }
  if (request.method === 'POST' || path === '/v1/models') {
    response.once('finish', () => {
      const { remoteAddress, remotePort } = request.socket
      serving.logAccess(
        `${remoteAddress}:${remotePort} - "${request.method} ${path} HTTP/1.1" ${response.statusCode} ${response.statusMessage}`,
      )
    })
  }
  const { apiKey } = serving.options
  if (apiKey && !OPEN_PATHS.has(path) && request.headers.authorization !== `Bearer ${apiKey}`) {
    return sendJson(response, 401, { error: 'Unauthorized' })
  }
  if (request.method === 'GET' || request.method === 'HEAD') {
    // A GPU under load answers late: one to four seconds were seen.
    if (busy && path === '/health') await serving.pace.sleep(2500, serving.gone)
    return answerGet(serving, path, response)
  }
  if (request.method !== 'POST') return sendJson(response, 405, { detail: 'Method Not Allowed' })
  if (path === '/ping') return response.end()
  const check = POSTS[path]
  if (!check && path !== '/tokenize') return sendJson(response, 404, { detail: 'Not Found' })
  const body = await readBody(request)
  if (!body) {
    return refuse(response, {
      status: 400,
      type: 'BadRequestError',
      message: "[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error'}]",
    })
  }
  if (!check) {
    const count = countTokens(JSON.stringify(body.prompt ?? body.messages ?? ''))
    return sendJson(response, 200, { count, max_model_len: serving.maxModelLen, tokens: [] })
  }
  const generation = check.read(body, serving.options, serving.maxModelLen)
  if (isRefusal(generation)) return refuse(response, generation)
  return replyWith(response, serving, generation, check.dialect)
}

interface Post {
  read(body: Body, options: ServeOptions, maxModelLen: number): Generation | Refusal
  dialect: Dialect
}

const POSTS: Readonly<Record<string, Post>> = {
  '/v1/chat/completions': { read: readChat, dialect: CHAT },
  '/v1/completions': { read: readCompletion, dialect: COMPLETION },
  '/v1/responses': { read: readResponses, dialect: RESPONSES },
  '/v1/messages': { read: readMessages, dialect: MESSAGES },
}

function answerGet(serving: Serving, path: string, response: ServerResponse): unknown {
  const { options, metrics, faults } = serving
  const name = options.servedNames[0] ?? options.model
  switch (path) {
    case '/health':
    case '/ping':
      return response.end()
    case '/version':
      return sendJson(response, 200, { version: VLLM_VERSION })
    case '/load':
      return sendJson(response, 200, { server_load: metrics.running })
    case '/v1/models':
      return sendJson(response, 200, {
        object: 'list',
        data: [
          ...options.servedNames.map((id) => ({ id, root: options.model, parent: null })),
          ...options.adapters.map((each) => ({ id: each.name, root: each.path, parent: name })),
        ].map((each) => ({
          ...each,
          object: 'model',
          created: serving.startedAtS,
          owned_by: 'vllm',
          max_model_len: serving.maxModelLen,
          permission: [],
        })),
      })
    case '/metrics':
      response.setHeader('content-type', 'text/plain; version=1.0.0; charset=utf-8')
      return response.end(
        printMetrics(metrics, name, serving.cacheTokens, faults.current().busy ? 6 : 0),
      )
    default:
      return sendJson(response, 404, { detail: 'Not Found' })
  }
}

async function readBody(request: IncomingMessage): Promise<Body | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof body === 'object' && body !== null ? (body as Body) : undefined
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, message, type, param = null } = refusal
  sendJson(response, status, { error: { message, type, param, code: status } })
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
