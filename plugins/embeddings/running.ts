import { answer, type Running, type Service } from '#core'
import type { api } from './api.ts'
import { answerEmbeddings } from './embed/answer.ts'
import { createWatch } from './health/health.ts'
import { answerRerank } from './rerank/answer.ts'
import { canRerank } from './rerank/reranker.ts'
import { foundAt } from './servers/known.ts'
import type { Settings } from './settings.ts'

/** Watches the servers of one service and answers for them under /v1. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const watch = createWatch(service)
  const models = (): string[] => {
    const served = (['main', 'sparse', 'rerank'] as const).flatMap(
      (role) => foundAt(service, role)?.models.map(({ id }) => id) ?? [],
    )
    const { model } = service.settings
    const isThere = foundAt(service, 'main') !== undefined
    return [...new Set([...(model !== undefined && isThere ? [model] : []), ...served])]
  }
  return {
    handlers: { 'GET /servers': () => answer(200, { servers: watch.views() }) },
    probe: watch.probe,
    models,
    aliases: () => [...service.settings.serve_as, ...models().flatMap(shortName)],
    offers: (route) => route !== 'POST /v1/rerank' || canRerank(service),
    answers: {
      'POST /v1/embeddings': { answer: (call) => answerEmbeddings(service, call) },
      'POST /v1/rerank': { answer: (call) => answerRerank(service, call) },
    },
  }
}

/** `bge-m3` of `BAAI/bge-m3`. */
const shortName = (id: string): string[] => {
  const name = id.slice(id.lastIndexOf('/') + 1)
  return name === id || name === '' ? [] : [name]
}
