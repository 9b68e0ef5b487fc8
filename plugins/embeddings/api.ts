import type { Api } from '#core'
import { ServersView } from './health/views.ts'
import { searchDoor } from './search/api.ts'

/** Routes of one service. */
export const api = {
  'GET /servers': {
    summary: 'Every server of the service apart: what it is and how it does',
    effect: 'read',
    reply: { 200: ServersView },
  },
} as const satisfies Api

/** 2 048 texts of the length a model takes are larger than the usual body. */
const BODY_BYTES = 32 * 1024 * 1024

const Forward = (summary: string) =>
  ({ summary, effect: 'use', forward: 'main', max_bytes: BODY_BYTES }) as const

/** Other kinds have these paths, too: the model decides who answers. */
const modelDoor = {
  'POST /v1/embeddings': Forward('Vectors of texts, by whatever embeddings server there is'),
  'POST /v1/rerank': Forward('How well documents answer a query, best first'),
} as const satisfies Api

/** Paths of the kind as a whole. */
export const door = { ...modelDoor, ...searchDoor } as const satisfies Api
