import { ContainerName, Endpoint, type Static, Type } from '#core'

/** Servers whose way of asking is known; `auto` finds out which one stands there. */
export const SERVERS = ['auto', 'tei', 'infinity', 'vllm', 'flag', 'openai'] as const

const PATH = '^(/[A-Za-z0-9_-][A-Za-z0-9_.-]*){1,6}$'
const NAME = '^[A-Za-z0-9][A-Za-z0-9_./:@-]{0,199}$'

const Server = (description: string) =>
  Type.Union(
    SERVERS.map((server) => Type.Literal(server)),
    { default: 'auto', description },
  )

/** The keys of a `kind: embeddings` service in topology.yaml. */
export const Settings = Type.Object({
  server: Server('what the embeddings server is; auto: found out, and again when it changed'),
  container: Type.Optional(ContainerName({ description: 'container of the embeddings server' })),
  model: Type.Optional(
    Type.String({
      pattern: NAME,
      'x-expects': 'a model id such as BAAI/bge-m3',
      description:
        "model to embed with, where the server does not say or has several; default: the server's",
    }),
  ),
  serve_as: Type.Array(
    Type.String({ pattern: NAME, 'x-expects': 'a name such as text-embedding-3-small' }),
    {
      default: [],
      maxItems: 16,
      uniqueItems: true,
      description: 'further names the model answers to under /v1',
    },
  ),
  path: Type.Optional(
    Type.String({
      pattern: PATH,
      'x-expects': 'a path such as /encode',
      description: 'where a FlagEmbedding-like server takes texts; default: found out',
    }),
  ),
  max_batch: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2048,
      description: 'texts sent at once; default: what the server says, else 32',
    }),
  ),
  parallel: Type.Integer({
    minimum: 1,
    maximum: 32,
    default: 2,
    description: 'batches of one request that are sent at the same time',
  }),
  sparse: Type.Optional(
    Endpoint({
      isShared: true,
      description: 'a server of its own for sparse vectors (TEI, SPLADE)',
    }),
  ),
  rerank: Type.Optional(
    Endpoint({
      isShared: true,
      description: 'the reranker; default: the embeddings server, if it reranks',
    }),
  ),
  rerank_server: Server('what the reranker is; auto: found out'),
  qdrant: Type.Optional(
    Endpoint({ port: 6333, isShared: true, description: 'the Qdrant that collections lie in' }),
  ),
})
export type Settings = Static<typeof Settings>
