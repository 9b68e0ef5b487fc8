import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import swagger from '@fastify/swagger'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import type { Effect } from '../api.ts'
import { asControlError, ControlError } from '../errors.ts'
import { writeError } from '../upstream/write-error.ts'
import { noteRoutes } from './allowed-methods.ts'
import { readJsonBodies } from './json-body.ts'
import { type Mount, type MountDeps, mountApi } from './mount.ts'
import { noteFault } from './note-fault.ts'
import { validatorCompiler } from './route-schema.ts'
import { requestIdOf } from './server.ts'

/** All routes of one topology. Replaced as a whole by a reload; open streams keep the old one. */
export interface Generation {
  handle(req: IncomingMessage, res: ServerResponse): void
  openapi(): unknown
}

export interface GenerationParts {
  mounts: Mount[]
  deps: MountDeps
  log: Logger
  version: string
  /** Routes that need the raw sockets (event streams, files). */
  extra(app: FastifyInstance): void | Promise<void>
  /** Asks who sends each request and whether they may; absent: everybody may everything. */
  access?: Access
  /** May answer a path nobody mounted; false leaves it to `missing`. */
  fallback?(request: FastifyRequest, reply: FastifyReply): boolean
  /** What to say of a path nobody mounted. */
  missing(path: string): ControlError
}

/**
 * Builds the routes as a Fastify app that never listens: core owns the one http.Server and hands
 * requests to the current generation.
 */
export async function buildGeneration(parts: GenerationParts): Promise<Generation> {
  const app = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: () => createServer(),
    requestIdHeader: false,
    genReqId: (req) => requestIdOf(req as IncomingMessage),
    routerOptions: { maxParamLength: 300 },
  }) as unknown as FastifyInstance
  readJsonBodies(app)
  app.setValidatorCompiler(validatorCompiler as never)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.setErrorHandler((error, request, reply) => {
    reply.hijack()
    const translated = translate(error, request.headers['content-type'])
    noteFault(request.log, request.raw, translated)
    fail(request.raw, reply.raw, translated)
  })
  const { access } = parts
  if (access?.isRequired)
    app.addHook('onRequest', (request, reply, done) => {
      reply.raw.setHeader('www-authenticate', 'Bearer')
      access.admit(request.raw, effectOf(request))
      reply.raw.removeHeader('www-authenticate')
      done()
    })
  const methodsOf = noteRoutes(app)
  app.setNotFoundHandler((request, reply) => {
    if (parts.fallback?.(request, reply)) return
    const path = request.url.split('?')[0] ?? '/'
    const methods = methodsOf(path)
    reply.hijack()
    if (methods.length === 0) return fail(request.raw, reply.raw, parts.missing(path))
    reply.raw.setHeader('allow', methods.join(', '))
    fail(request.raw, reply.raw, notAllowed(request.method, path, methods))
  })
  await app.register(swagger, {
    openapi: { info: { title: 'Spark Control', version: parts.version } },
  })
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger())
  for (const mount of parts.mounts) mountApi(app, mount, parts.deps)
  await parts.extra(app)
  await app.ready()
  return { handle: (req, res) => app.routing(req, res), openapi: () => app.swagger() }
}

const fail = (req: IncomingMessage, res: ServerResponse, error: ControlError): void =>
  writeError(req, res, error, { 'x-request-id': requestIdOf(req) })

const notAllowed = (method: string, path: string, methods: string[]): ControlError =>
  new ControlError('METHOD_NOT_ALLOWED', `${path} does not take ${method}`, {
    hint: `it takes ${methods.join(', ')}`,
  })

declare module 'fastify' {
  interface FastifyContextConfig {
    effect?: Effect | 'public'
  }
}

/** What a route asks for. Files of the dashboard are for everybody, so that it can ask to sign in. */
function effectOf({ routeOptions: { url, config } }: FastifyRequest): Effect | 'public' {
  if (config.effect !== undefined) return config.effect
  const isFile = url === undefined || url === '/' || url === '/*' || url.startsWith('/plugins/')
  return isFile ? 'public' : 'read'
}

/** Fastify's own errors in our words. */
function translate(error: unknown, contentType?: string): ControlError {
  if (error instanceof ControlError) return error
  const { code, statusCode, message } = error as {
    code?: string
    statusCode?: number
    message: string
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ControlError('PAYLOAD_TOO_LARGE', 'the body is larger than this route takes')
  // JSON.parse ran out of stack.
  if (error instanceof RangeError)
    return new ControlError('BAD_REQUEST', 'the body is nested too deeply', { cause: error })
  if (statusCode === 415)
    return new ControlError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type is ${JSON.stringify(contentType?.slice(0, 80) ?? '')}; this takes application/json`,
      { hint: "with curl: -H 'content-type: application/json'" },
    )
  if (statusCode !== undefined && statusCode < 500) return new ControlError('BAD_REQUEST', message)
  return asControlError(error)
}
