import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Acts } from '../../../ui/kit/Act.tsx'
import { applyEvent, live } from '../../../ui/live.ts'
import { type Asked, fakeController, installDialogs } from '../../../ui/testing/dom.ts'
import { aController, aJob, aService } from '../../../ui/testing/views.ts'
import { placeOf } from './Results.tsx'
import SearchPage from './SearchPage.tsx'

beforeAll(installDialogs)
afterEach(cleanup)

const LIST = 'GET /api/collections?service=embeddings'
const ADD = 'POST /api/collections/notes/documents?service=embeddings'
const collection = (name: string, points: number) => ({
  ...{ name, points, status: 'green', dense: { size: 1024 }, sparse: {} },
})
const two = { collections: [collection('mails', 0), collection('notes', 12)], others: [] }

type Answers = Parameters<typeof fakeController>[0]

function show(
  answers: Answers,
  services = [aService({ id: 'embeddings', kind: 'embeddings' })],
): Asked[] {
  const asked = fakeController(answers)
  applyEvent({
    type: 'snapshot',
    ...{ controller: aController(), hosts: [], services, jobs: [], leases: [] },
  })
  render(() => (
    <>
      <SearchPage />
      <Acts />
    </>
  ))
  return asked
}

async function ask(text: string): Promise<void> {
  fireEvent.input(await screen.findByRole('searchbox'), { target: { value: text } })
  fireEvent.click(screen.getByRole('button', { name: 'Search' }))
}

const answer = {
  ...{ mode: 'hybrid', is_reranked: true, notes: [] },
  took_ms: { embed: 12.4, search: 3.2, rerank: 40 },
  results: [
    {
      ...{ id: 'p1', document: 'reader.md', score: 0.9, text: 'The reader was restarted.' },
      stages: {
        dense: { rank: 2, score: 0.43612 },
        sparse: { rank: 11, score: 4.5 },
        fused: { rank: 1, score: 0.8333 },
        rerank: { rank: 1, score: 0.91 },
      },
    },
  ],
}

const drop = (...files: File[]): void =>
  void fireEvent.change(screen.getByLabelText(/^Drop text files/), { target: { files } })

describe('the search page', () => {
  it('asks the collection that has something, and shows what each stage said', async () => {
    const asked = show([
      { route: LIST, json: two },
      { route: 'POST /api/search', json: answer },
    ])
    await screen.findByText('Ask notes')
    fireEvent.click(screen.getByRole('switch'))
    await ask('why was it restarted')
    await screen.findByText('reader.md')
    expect(asked.at(-1)?.body).toEqual({
      ...{ service: 'embeddings', collection: 'notes', query: 'why was it restarted' },
      ...{ mode: 'hybrid', rerank: true, with: ['stages'] },
    })
    const figures = [...document.querySelectorAll('.figure')].map((figure) => figure.textContent)
    expect(figures).toEqual([
      'By meaning2nd score 0.436',
      'By words11th score 4.50',
      'Joined1st score 0.833',
      'Read again1st score 0.910',
    ])
    screen.getByText(/12 ms to understand the question, 3 ms to search, 40 ms to read again/)
  })

  it('says why an answer is not all that was asked for, and what went wrong', async () => {
    const notes = [{ code: 'SPARSE_MISSING', message: 'this server weighs no words' }]
    const error = { code: 'COLLECTION_UNKNOWN', message: 'It is gone.', details: [] }
    show([
      { route: LIST, json: two },
      { route: 'POST /api/search', json: { ...answer, notes, results: [] } },
      { route: 'POST /api/search', status: 404, json: { error } },
    ])
    await ask('a')
    await screen.findByText('This server weighs no words.')
    screen.getByText('Nothing was found.')
    await ask('b')
    await screen.findByText('It is gone.')
  })

  it('adds files that are dropped, and names those that could not be', async () => {
    const failed = [{ index: 0, id: 'a.md', message: 'it is too long for the model' }]
    const asked = show([
      { route: LIST, json: two, keep: true },
      { route: ADD, json: { points: 1, failed } },
    ])
    await screen.findByText('Ask notes')
    drop(new File(['One.'], 'a.md'), new File(['Two.'], 'b.md'), new File([''], 'c.md'))
    await screen.findByText('2 files not added.')
    screen.getByText('a.md: it is too long for the model')
    screen.getByText('c.md: it is empty')
    expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({
      documents: [
        { id: 'a.md', text: 'One.', payload: { file: 'a.md' } },
        { id: 'b.md', text: 'Two.', payload: { file: 'b.md' } },
      ],
    })
    await waitFor(() =>
      expect(asked.filter(({ path }) => path.endsWith('=embeddings')).length).toBe(3),
    )
  })

  it('follows a load that is a job', async () => {
    const job = aJob({ id: 'j9', title: 'Load 3,000 documents' })
    show([
      { route: LIST, json: two, keep: true },
      { route: ADD, status: 202, json: { job } },
    ])
    await screen.findByText('Ask notes')
    drop(new File(['One.'], 'a.md'))
    await waitFor(() => expect(live.jobs.some(({ id }) => id === 'j9')).toBe(true))
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: 'Choose files' }).getAttribute('aria-busy'),
      ).toBeNull(),
    )
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('asks before a collection is deleted, and wants its name typed', async () => {
    const plan = {
      ...{ title: 'Delete the collection “notes”?', confirm: 'Delete it', commands: [], stops: [] },
      ...{ consequence: 'All is gone.', irreversible: 'It cannot be undone.', holds: [] },
      ...{ last_seconds: null, running_requests: 0, digest: 'd1' },
    }
    const route = 'DELETE /api/collections/notes?service=embeddings&dry_run=true'
    show([
      { route: LIST, json: two, keep: true },
      { route, json: plan },
    ])
    fireEvent.click(await screen.findByRole('button', { name: 'Delete notes' }))
    await screen.findByText('Delete the collection “notes”?')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Delete it' }).disabled).toBe(true)
  })

  it('leads to a first collection, and takes no name the controller would refuse', async () => {
    show([{ route: LIST, json: { collections: [], others: [] } }])
    await screen.findByText('There is no collection yet.')
    expect(screen.queryByRole('searchbox')).toBeNull()
    const name = screen.getByLabelText('Its name')
    fireEvent.input(name, { target: { value: '../x' } })
    screen.getByText(/no dot first/)
    const make = screen.getByRole<HTMLButtonElement>('button', { name: 'Make it' })
    expect(make.disabled).toBe(true)
    fireEvent.input(name, { target: { value: 'notes' } })
    expect(make.disabled).toBe(false)
  })

  it('says what is missing where nothing searches, or Qdrant does not answer', async () => {
    show([], [])
    screen.getByText('Nothing to search with.')
    cleanup()
    const error = { code: 'UPSTREAM_UNREACHABLE', message: 'Qdrant refuses.', details: [] }
    show([{ route: LIST, status: 502, json: { error } }])
    await screen.findByText('Qdrant refuses.')
  })
})

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [13, '13th'],
  [21, '21st'],
  [112, '112th'],
])('place %i is called %s', (rank, word) => {
  expect(placeOf({ rank, score: 0 })).toBe(word)
})
