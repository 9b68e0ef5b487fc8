import type { FastifyInstance } from 'fastify'
import { declaredBytes, readBody, tooLarge } from '../upstream/upload.ts'

/**
 * Has JSON, and nothing else, read by us: Fastify joins what comes as strings, of which a body in
 * chunks of one byte makes hundreds of times its size.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request, _payload, done) => {
    const { bodyLimit } = request.routeOptions
    if ((declaredBytes(request.raw) ?? 0) > bodyLimit) return done(tooLarge(bodyLimit))
    readBody(request.raw, bodyLimit, (error, body) => {
      if (error) done(error)
      else parse(request, body.toString(), done)
    })
  })
}
