import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentenceEncoder } from '../../../core/testing/real/sentence-encoder.ts'
import { flag } from '../../../sandbox/search/embeddings/flag.ts'
import { type RunningServer, serveDialect } from '../../../sandbox/search/embeddings/http.ts'
import type { TextModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { fakeService } from '../testing/fake-service.ts'
import { embedder } from './embedder.ts'

const signal = new AbortController().signal
let model: TextModel
const servers: RunningServer[] = []

beforeAll(async () => {
  model = await sentenceEncoder()
  for (const dialect of [flag(model), tei(model, { task: 'embed', maxClientBatch: 8 })])
    servers.push(await serveDialect({ port: 0, dialect }))
})
afterAll(() => Promise.all(servers.map((server) => server.close())))

const QUESTIONS: [question: string, answer: string][] = [
  ['How do I get my money back?', 'We refund every purchase within thirty days.'],
  ['My room is too hot at night.', 'The air conditioning can be switched on beside the door.'],
  ['When does the next train leave?', 'Departures are shown on the board in the station hall.'],
  ['What should I cook this evening?', 'A soup of tomatoes and beans is ready in half an hour.'],
]

describe('real sentence vectors', () => {
  it.each([0, 1])(
    'come through each contract unchanged, and near what means the same',
    async (at) => {
      const { service } = fakeService({ main: servers[at]?.origin ?? '' })
      const found = await embedder(service, signal)
      expect(found.dimensions).toBe(512)
      const texts = QUESTIONS.flat()
      const vectors = await found.dense(texts, signal)
      expect(vectors).toEqual(await model.embed(texts))
      const near = (a: Float32Array, b: Float32Array) =>
        a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)
      const right = QUESTIONS.filter((_, question) => {
        const scores = QUESTIONS.map((_, answer) =>
          near(vectors[2 * question] as Float32Array, vectors[2 * answer + 1] as Float32Array),
        )
        return scores.indexOf(Math.max(...scores)) === question
      })
      expect(right.length).toBe(QUESTIONS.length)
    },
  )

  it('are the same for a sentence on its own and among others', async () => {
    const { service } = fakeService({ main: servers[0]?.origin ?? '' })
    const found = await embedder(service, signal)
    const [alone] = await found.dense([QUESTIONS[2]?.[0] ?? ''], signal)
    const [, among] = await found.dense(['Something else.', QUESTIONS[2]?.[0] ?? ''], signal)
    const distance = alone?.reduce((sum, x, i) => sum + Math.abs(x - (among?.[i] ?? 0)), 0)
    expect(distance).toBeLessThan(1e-4)
  })
})
