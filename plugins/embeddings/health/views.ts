import { Nullable, type Static, Type } from '#core'

/** One server of a service, as it was at the last look. */
export const ServerView = Type.Object({
  role: Type.Union([
    Type.Literal('embeddings'),
    Type.Literal('sparse'),
    Type.Literal('rerank'),
    Type.Literal('qdrant'),
  ]),
  endpoint: Nullable(Type.String()),
  state: Type.Union([
    Type.Literal('up'),
    Type.Literal('busy'),
    Type.Literal('down'),
    Type.Literal('unknown'),
  ]),
  /** What is wrong with it. */
  reason: Nullable(Type.String()),
  /** `tei`, `infinity`, `vllm`, `flag`, `openai` or `qdrant`. */
  server: Nullable(Type.String()),
  models: Type.Array(Type.String()),
  max_batch: Nullable(Type.Integer()),
  /** Collections of a Qdrant. */
  collections: Nullable(Type.Integer()),
  checked_at: Nullable(Type.String()),
})
export type ServerView = Static<typeof ServerView>

export const ServersView = Type.Object({ servers: Type.Array(ServerView) })
export type ServersView = Static<typeof ServersView>
