import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { ControlError } from '../errors.ts'
import { checkInput, closed } from '../http/validate.ts'
import type { Registry } from '../registry.ts'
import type { Seats } from '../routes/seats.ts'
import { streamEvents } from '../routes/streams.ts'
import { readContainerLog } from './container-log.ts'
import { refsOf } from './container-refs.ts'
import { isFollowing, LogQuery } from './log-query.ts'
import { findRef } from './service-containers.ts'

const Query = Type.Object({ ...LogQuery.properties, host: Type.Optional(Type.String()) })

/** GET /api/services/:id/containers/:container/logs: server-sent events, one a line. */
export function mountContainerLogs(app: FastifyInstance, registry: Registry, seats: Seats): void {
  app.get<{ Params: { id: string; container: string }; Querystring: Record<string, string> }>(
    '/api/services/:id/containers/:container/logs',
    { schema: { hide: true } },
    (request, reply) => {
      const { id, container } = request.params
      const live = registry.find(id)
      const query = checkInput(closed(Query), request.query, 'query') as Static<typeof Query>
      const ref = findRef(id, refsOf(live), container, query.host)
      const host = live.service.hosts.get(ref.host)
      if (!host) throw new ControlError('HOST_UNKNOWN', `there is no host "${ref.host}"`)
      seats.take(ref.host, reply.raw)
      reply.hijack()
      void streamEvents(request.raw, reply.raw, async function* (left) {
        const signal = AbortSignal.any([left, live.service.signal])
        const { tail } = query
        const follow = isFollowing(query)
        for await (const data of readContainerLog(host, ref.name, { tail, follow, signal }))
          yield { data }
      })
    },
  )
}
