import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { auditApi } from '../core/audit/audit-routes.ts'
import { loadCatalog } from '../core/catalog.ts'
import { lockApi } from '../core/coordination/lock-routes.ts'
import { schedulesApi } from '../core/coordination/schedule-routes.ts'
import { accessApi } from '../core/routes/access.ts'
import { controllerApi } from '../core/routes/controller.ts'
import { hostsApi } from '../core/routes/hosts.ts'
import { jobsApi } from '../core/routes/jobs.ts'
import { servicesApi } from '../core/routes/services.ts'
import { modelsApi } from '../core/routes/v1-models.ts'
import { webhooksApi } from '../core/routes/webhooks.ts'
import { sandboxApi } from '../core/sandbox-link.ts'

const page = readFileSync(new URL('api.md', import.meta.url), 'utf8')
const streams = [
  'GET /api/events',
  'GET /api/jobs/:id/log',
  'GET /api/services/:id/logs',
  'GET /api/openapi.json',
  'GET /metrics',
]

it('names every route of the core and of the kinds in the tree', async () => {
  const { kinds } = await loadCatalog()
  const core = [
    controllerApi,
    accessApi,
    hostsApi,
    servicesApi,
    jobsApi,
    auditApi,
    lockApi,
    schedulesApi,
    webhooksApi,
    modelsApi,
    sandboxApi,
  ]
  const routes = [
    ...core.flatMap((api) => Object.keys(api)),
    ...streams,
    ...[...kinds.values()].flatMap(({ plugin }) => [
      ...Object.keys(plugin.api).map((key) => key.replace(' ', ' /api/:service')),
      ...Object.keys(plugin.door ?? {}),
    ]),
  ]
  expect(routes.filter((route) => !page.includes(`\`${route}\``))).toEqual([])
})
