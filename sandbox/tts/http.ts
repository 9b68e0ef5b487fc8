import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { answerCaptions } from './captions.ts'
import { createDownloads, type Downloads } from './downloads.ts'
import { isRefusal, type Refusal, readRequest, refusal } from './request.ts'
import { sendJson, type TtsServing } from './serving.ts'
import { answerSpeech } from './speech.ts'
import { MODELS } from './voices.ts'

const MAX_BODY_BYTES = 16 * 1024 * 1024

/** An HTTP server with the contract of Kokoro-FastAPI; not listening yet. */
export function createTtsServer(serving: TtsServing): Server {
  const downloads = createDownloads()
  return createServer((request, response) => {
    response.setHeader('server', 'uvicorn')
    if (serving.isSimulated) response.setHeader('x-spark-control-simulated', 'true')
    response.once('finish', () =>
      serving.log(`INFO: "${request.method} ${request.url} HTTP/1.1" ${response.statusCode}`),
    )
    serve(serving, downloads, request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy()
      const message = error instanceof Error ? error.message : String(error)
      refuse(response, refusal(500, 'processing_error', message))
    })
  })
}

async function serve(
  serving: TtsServing,
  downloads: Downloads,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const trouble = serving.trouble()
  if (trouble === 'hang') return
  if (trouble === 'error')
    return refuse(response, refusal(500, 'server_error', 'CUDA error: out of memory'))
  const url = new URL(request.url ?? '/', 'http://tts')
  const route = `${request.method} ${url.pathname}`
  const [, file] = /^GET \/v1\/download\/([^/]+)$/.exec(route) ?? []
  if (file !== undefined) return sendDownload(response, downloads, decodeURIComponent(file))
  const [, model] = /^GET \/v1\/models\/([^/]+)$/.exec(route) ?? []
  if (model !== undefined) return sendModel(response, decodeURIComponent(model))
  switch (route) {
    case 'GET /health':
      await serving.beforeHealth()
      return sendJson(response, 200, { status: 'healthy' })
    case 'GET /v1/test':
      return sendJson(response, 200, { status: 'ok' })
    case 'GET /v1/models':
      return sendJson(response, 200, { object: 'list', data: MODELS.map(modelOf) })
    case 'GET /v1/audio/voices':
      return sendVoices(response, serving.engine.voices, url.searchParams.get('legacy') === 'true')
    case 'POST /v1/audio/speech':
    case 'POST /dev/captioned_speech': {
      const asked = readRequest(await readBody(request), serving.engine.voices)
      if (isRefusal(asked)) return refuse(response, asked)
      const context = { serving, downloads, response }
      return route === 'POST /v1/audio/speech'
        ? answerSpeech(asked, context)
        : answerCaptions(asked, context)
    }
    case 'POST /v1/audio/voices/combine':
      return refuse(
        response,
        refusal(403, 'permission_denied', 'Local voice saving is disabled', 'permission_error'),
      )
    case 'POST /dev/unload':
      return sendJson(response, 403, { detail: { error: 'Unload endpoint is disabled' } })
    default:
      if (url.pathname.startsWith('/debug/'))
        return sendJson(response, 403, { detail: 'Debug endpoints are disabled' })
      return sendJson(response, 404, { detail: 'Not Found' })
  }
}

function sendVoices(response: ServerResponse, voices: readonly string[], isLegacy: boolean): void {
  sendJson(response, 200, {
    voices: isLegacy ? voices : voices.map((id) => ({ id, name: id })),
  })
}

const modelOf = (id: string) => ({
  id,
  object: 'model',
  created: 1_686_935_002,
  owned_by: 'kokoro',
})

/** The original knows one less by its name than it lists. */
function sendModel(response: ServerResponse, id: string): unknown {
  if (id !== 'gpt-4o-mini-tts' && (MODELS as readonly string[]).includes(id))
    return sendJson(response, 200, modelOf(id))
  return refuse(response, refusal(404, 'model_not_found', `Model '${id}' not found`))
}

function sendDownload(response: ServerResponse, downloads: Downloads, name: string): unknown {
  const isTiming = name.endsWith('.json')
  const found = downloads.find(isTiming ? name.slice(0, -'.json'.length) : name)
  if (!found || (isTiming && !found.timing))
    return refuse(response, refusal(404, 'not_found', `File not found: ${name}`))
  if (isTiming) return sendJson(response, 200, { chunks: found.timing })
  const body = Buffer.concat(found.parts)
  response.writeHead(200, { 'content-type': found.type, 'content-length': body.length })
  return response.end(body)
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

const refuse = (response: ServerResponse, { status, body }: Refusal): void =>
  sendJson(response, status, body)
