import { Type } from '@sinclair/typebox'
import type { KindFacts } from '../kind-facts.ts'
import { ContainerName, Duration, Endpoint, GpuList, HostRef, Secret } from '../tags.ts'

/** An invented kind with every tag there is. */
export const ENGINE: KindFacts = {
  kind: 'engine',
  place: 'host',
  defaultPort: 8888,
  settings: Type.Object({
    nodes: Type.Optional(
      Type.Array(HostRef(), { minItems: 1, maxItems: 8, uniqueItems: true, description: 'hosts' }),
    ),
    container: ContainerName({ default: 'engine', description: 'name of the container' }),
    manage: Type.Boolean({ default: true, description: 'false: watched, never touched' }),
    gpus: Type.Optional(GpuList({ description: 'GPUs it may use' })),
    serve_as: Type.Array(Type.String(), { default: [], description: 'further names' }),
    env: Type.Record(Type.String({ pattern: '^[A-Z_]+$' }), Type.String(), {
      default: {},
      additionalProperties: false,
      description: 'environment',
    }),
    mode: Type.Union([Type.Literal('solo'), Type.Literal('cluster')], {
      default: 'solo',
      description: 'how it runs',
    }),
    drain: Duration({ default: '30s', description: 'how long requests may finish' }),
    token: Type.Optional(Secret({ description: 'token of the model hub' })),
    share: Type.Number({ default: 0.9, minimum: 0, maximum: 1, description: 'share of memory' }),
    index: Type.Optional(Endpoint({ port: 6333, description: 'its index' })),
    helper: Type.Optional(Endpoint({ isShared: true, description: 'a server others use too' })),
  }),
  check: ({ host, settings }) => {
    const [head] = (settings.nodes as string[] | undefined) ?? []
    if (head === undefined || head === host) return []
    const message = `the first of nodes is "${head}", host is "${host}"`
    return [{ at: 'nodes.0', code: 'HEAD_NOT_HOST', message, hint: `put "${host}" first` }]
  },
}

/** An invented kind without a usual port. */
export const PLAIN: KindFacts = {
  kind: 'plain',
  place: 'host',
  limits: { concurrency: 2, ceiling: 3, queue: 8 },
  settings: Type.Object({ language: Type.Optional(Type.String({ description: 'its language' })) }),
}

/** An invented kind that runs in the controller. */
export const INSIDE: KindFacts = {
  kind: 'inside',
  place: 'controller',
  settings: Type.Object({
    rules: Type.Array(Type.String(), { default: [], description: 'what it looks for' }),
  }),
}

/** All of them. */
export const KINDS: readonly KindFacts[] = [ENGINE, PLAIN, INSIDE]
