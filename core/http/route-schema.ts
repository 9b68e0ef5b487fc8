import { type TObject, Type } from '@sinclair/typebox'
import type { Route } from '../api.ts'
import { checkInput, closed, extend, PRIVATE } from './validate.ts'

const OperateQuery = Type.Object({
  dry_run: Type.Optional(Type.Boolean({ description: 'only show the plan' })),
})

/** What Fastify checks requests by, and the API's description shows. */
export function schemaOf(route: Route, tag: string): Record<string, unknown> {
  const query = route.effect === 'operate' ? extend(route.query, OperateQuery) : route.query
  const body = 'body' in route ? route.body : undefined
  return {
    summary: route.summary,
    tags: [tag],
    ...(route.params && { params: closed(route.params) }),
    // A forwarded query is the upstream's business.
    ...(route.forward === undefined && {
      querystring: closed(query ?? (Type.Object({}) as TObject)),
    }),
    ...(body && { body: isPrivate(route) ? { ...closed(body), [PRIVATE]: true } : closed(body) }),
    ...(route.reply && { response: route.reply }),
  }
}

const isPrivate = (route: Route): boolean => 'is_private' in route && route.is_private === true

/** Fastify's validator compiler over TypeBox, so that one engine checks files and requests. */
export const validatorCompiler =
  ({ schema, httpPart }: { schema: unknown; httpPart?: string }) =>
  (value: unknown): { value: unknown } | { error: Error } => {
    const where = httpPart === 'body' ? 'body' : httpPart === 'params' ? 'params' : 'query'
    try {
      return {
        value: checkInput(schema as TObject, value ?? {}, where),
      }
    } catch (error) {
      return { error: error as Error }
    }
  }
