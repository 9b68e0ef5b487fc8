import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { LoadedKind } from '../catalog.ts'

const UI = fileURLToPath(new URL('../../dist/ui', import.meta.url))

/**
 * Serves the built dashboard: hashed assets for a year, index.html for every page path. Kinds from
 * outside the tree may bring ui/tile.js, served at /plugins/<kind>/tile.js.
 */
export async function mountDashboard(
  app: FastifyInstance,
  kinds: readonly LoadedKind[],
): Promise<void> {
  if (existsSync(join(UI, 'index.html'))) {
    await app.register(fastifyStatic, {
      root: UI,
      prefix: '/',
      index: ['index.html'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(UI, 'assets'))
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  for (const { plugin, folder, isOutOfTree } of kinds) {
    const root = join(folder, 'ui')
    if (!isOutOfTree || !existsSync(join(root, 'tile.js'))) continue
    app.get(`/plugins/${plugin.kind}/tile.js`, { schema: { hide: true } }, (_request, reply) =>
      reply.sendFile('tile.js', root),
    )
  }
}

/** Whether a path that nobody mounted is a page of the dashboard, which index.html draws. */
export const isPagePath = (path: string, accept: string): boolean =>
  accept.includes('text/html') &&
  !path.startsWith('/api') &&
  !path.startsWith('/v1') &&
  !path.startsWith('/assets/') &&
  existsSync(join(UI, 'index.html'))
