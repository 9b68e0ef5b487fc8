import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type LoadedKind, TILE_MODULE } from '../catalog.ts'

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
      preCompressed: true,
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(UI, 'assets'))
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  for (const { plugin, folder, hasTileModule } of kinds) {
    if (!hasTileModule) continue
    const file = join(folder, TILE_MODULE)
    app.get(
      `/plugins/${plugin.kind}/tile.js`,
      { schema: { hide: true } },
      async (_request, reply) =>
        reply.type('text/javascript; charset=utf-8').send(await readFile(file)),
    )
  }
}

/** Answers a path nobody mounted with index.html, if it may be a page of the dashboard. */
export function sendPage(request: FastifyRequest, reply: FastifyReply): boolean {
  const isPage =
    request.method === 'GET' &&
    (request.headers.accept ?? '').includes('text/html') &&
    !/^\/(api|v1|assets|plugins)(\/|$|\?)/.test(request.url) &&
    existsSync(join(UI, 'index.html'))
  if (isPage) void reply.header('cache-control', 'no-cache').sendFile('index.html')
  return isPage
}
