import type { FastifyInstance } from 'fastify'

/**
 * Notes the routes that are added to an app from now on; gives the methods a path has, so that
 * "not with this method" can be told from "nothing there". Catch-all routes do not count.
 */
export function noteRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { methods: string[]; segments: string[] }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    if (!url.includes('*')) routes.push({ methods: [method].flat(), segments: url.split('/') })
  })
  return (path) => {
    const asked = path.split('/')
    const methods = routes
      .filter(({ segments }) => fitsPath(segments, asked))
      .flatMap((route) => route.methods)
    return [...new Set(methods)].sort()
  }
}

const fitsPath = (segments: string[], asked: string[]): boolean =>
  segments.length === asked.length &&
  segments.every((segment, i) => (segment.startsWith(':') ? asked[i] !== '' : segment === asked[i]))
