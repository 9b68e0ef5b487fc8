import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadCatalog } from '../core/catalog.ts'
import { CORE_APIS } from '../core/routes/index.ts'

const page = readFileSync(new URL('api.md', import.meta.url), 'utf8')
const streams = [
  'GET /api/events',
  'GET /api/jobs/:id/log',
  'GET /api/services/:id/logs',
  'GET /api/services/:id/containers/:container/logs',
  'GET /api/openapi.json',
  'GET /metrics',
]

it('names every route of the core and of the kinds in the tree', async () => {
  const { kinds } = await loadCatalog()
  const routes = [
    ...Object.values(CORE_APIS).flatMap((api) => Object.keys(api)),
    ...streams,
    ...[...kinds.values()].flatMap(({ plugin }) => [
      ...Object.keys(plugin.api).map((key) => key.replace(' ', ' /api/:service')),
      ...Object.keys(plugin.door ?? {}),
    ]),
  ]
  expect(routes.filter((route) => !page.includes(`\`${route}\``))).toEqual([])
})
