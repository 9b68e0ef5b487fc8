import { cleanup, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeController } from '../../../ui/testing/dom.ts'
import { aService } from '../../../ui/testing/views.ts'
import type { ServerView } from '../health/views.ts'
import EmbeddingsTile from './Tile.tsx'

afterEach(cleanup)

const aServer = (more: Partial<ServerView>): ServerView => ({
  role: 'embeddings',
  endpoint: 'http://127.0.0.1:8001',
  state: 'up',
  reason: null,
  server: 'tei',
  models: ['BAAI/bge-m3'],
  max_batch: 32,
  collections: null,
  checked_at: '2026-01-01T12:00:00Z',
  ...more,
})

const ROUTE = 'GET /api/embeddings/servers'
const service = aService({
  ...{ id: 'embeddings', kind: 'embeddings', title: 'Embeddings and search' },
  ...{ models: ['BAAI/bge-m3'], figures: { models: 1, collections: 3 } },
})

describe('the tile of embeddings', () => {
  it('tells each server apart, in words', async () => {
    const servers = [
      aServer({}),
      aServer({
        role: 'rerank',
        state: 'down',
        reason: 'http://127.0.0.1:8002 refuses connections.',
      }),
      aServer({ role: 'qdrant', server: 'qdrant', models: [], endpoint: 'http://127.0.0.1:6333' }),
    ]
    fakeController([{ route: ROUTE, json: { servers } }])
    render(() => <EmbeddingsTile service={service} />)
    await screen.findByText('Text Embeddings Inference · BAAI/bge-m3')
    const rows = screen.getAllByRole('listitem').map((row) => row.textContent)
    expect(rows[1]).toContain('Ranking of results')
    expect(rows[1]).toContain('Down')
    expect(rows[1]).toContain('refuses connections')
    expect(rows[2]).toContain('Qdrant · http://127.0.0.1:6333')
    expect(screen.getByRole('link', { name: 'Search' }).getAttribute('href')).toBe(
      '/search?service=embeddings',
    )
    screen.getByText('bge-m3')
    screen.getByText('3')
  })

  it('says what went wrong when its servers cannot be asked about', async () => {
    const error = { code: 'INTERNAL', message: 'It broke.', details: [] }
    fakeController([{ route: ROUTE, status: 500, json: { error } }])
    render(() => <EmbeddingsTile service={service} />)
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('It broke.'))
  })

  it('has a word for a service whose model is not known', () => {
    fakeController([{ route: ROUTE, json: { servers: [] } }])
    const down = {
      ...service,
      models: [],
      figures: {},
      state: 'down' as const,
      reason: 'it refuses',
    }
    render(() => <EmbeddingsTile service={down} />)
    screen.getByText('Not answering')
    screen.getByText(/It refuses/)
    expect(screen.queryByText('Collections')).toBeNull()
  })
})
