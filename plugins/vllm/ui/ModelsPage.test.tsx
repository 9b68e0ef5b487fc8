import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Acts } from '../../../ui/kit/Act.tsx'
import { applyEvent } from '../../../ui/live.ts'
import { type Asked, fakeController, installDialogs } from '../../../ui/testing/dom.ts'
import { aController, aHost, aJob, aService } from '../../../ui/testing/views.ts'
import type { DownloadView, ModelView } from '../views.ts'
import ModelsPage from './ModelsPage.tsx'
import { aModel, aRecipe, aView } from './testing/models.ts'

const service = aService({ id: 'llm', kind: 'vllm', models: ['org/gemma-4'] })
const raw = aModel({
  key: 'org--raw-8b',
  repo: 'org/raw-8b',
  state: 'needs_setup',
  recipe: null,
  recipe_source: null,
})
const why = [{ field: 'nodes', value: 1, because: '16 GB of weights fit on one machine' }]
const facts = [{ name: 'Weights', value: 'nvfp4', because: 'as hf_quant_config.json says: NVFP4' }]

const onItsWay: DownloadView = {
  job: 'j1',
  repo: 'org/new',
  key: 'org--new',
  kind: 'download',
  host: 'spark-1',
  done_bytes: 1e9,
  total_bytes: 4e9,
  bytes_per_s: 3e8,
  eta_s: 10,
  files: [
    { path: 'config.json', size_bytes: 2, done_bytes: 2 },
    { path: 'model.safetensors', size_bytes: 4e9, done_bytes: 1e9 },
  ],
}
const inTheList: DownloadView = { ...onItsWay, job: 'j2', repo: raw.repo, kind: 'copy', files: [] }

beforeAll(installDialogs)
afterEach(cleanup)

function show(models: ModelView[], more: Parameters<typeof fakeController>[0] = []): Asked[] {
  const asked = fakeController([
    { route: 'GET /api/models', json: aView(models), keep: true },
    { route: 'GET /api/llm/card', json: { manage: true }, keep: true },
    ...more,
  ])
  applyEvent({
    type: 'snapshot',
    controller: aController(),
    hosts: [aHost({ id: 'spark-1' }), aHost({ id: 'spark-2' })],
    services: [service],
    jobs: [],
    leases: [],
  })
  render(() => <ModelsPage />)
  return asked
}

describe('the models page', () => {
  it('lists what is on the disks with its size a host, and marks what runs', async () => {
    const running = [{ service: 'llm', host: 'spark-1', since: null }]
    show([aModel({ running }), raw])
    await screen.findByText('Loaded on llm')
    expect(screen.getAllByText('spark-1 · 16.9 GB')).toHaveLength(2)
    await screen.findByRole('button', { name: 'Unload Gemma 4 26B' })
    screen.getByRole('button', { name: 'Set up raw-8b' })
  })

  it('offers nothing that changes a service which is only watched', async () => {
    const running = [{ service: 'other', host: 'spark-1', since: null }]
    show([aModel({ running })])
    await screen.findByText('Loaded on other')
    expect(screen.queryByRole('button', { name: /^Unload/ })).toBeNull()
  })

  it('offers to delete what does not run, unless a job needs it', async () => {
    const running = [{ service: 'llm', host: 'spark-1', since: null }]
    show([aModel({ running }), raw])
    const remove = await screen.findByRole<HTMLButtonElement>('button', { name: 'Delete raw-8b' })
    expect(screen.queryByRole('button', { name: 'Delete Gemma 4 26B' })).toBeNull()
    expect(remove.disabled).toBe(false)
    const job = aJob({ kind: 'vllm.download', input: { model: raw.repo }, ended_at: null })
    applyEvent({ type: 'job', job })
    await waitFor(() => expect(remove.disabled).toBe(true))
  })

  it('offers a copy of what is whole on another machine, and a download of what is whole on none', async () => {
    const [here] = aModel().hosts as [ModelView['hosts'][number]]
    const part = { ...here, host: 'spark-2', state: 'partial' as const }
    show([
      aModel({ state: 'partial', hosts: [here, part] }),
      { ...raw, state: 'partial', hosts: [part] },
    ])
    await screen.findByRole('button', { name: 'Copy Gemma 4 26B' })
    screen.getByRole('button', { name: 'Download the rest of raw-8b' })
  })

  it('downloads a repository to the machines that are chosen', async () => {
    const asked = show(
      [raw],
      [
        {
          route: 'POST /api/downloads?dry_run=true',
          status: 404,
          json: { error: { code: 'HUB_NOT_FOUND', message: 'the hub has no org/new' } },
        },
      ],
    )
    const field = await screen.findByLabelText('Repository to download')
    fireEvent.input(field, { target: { value: 'https://huggingface.co/org/new/' } })
    fireEvent.change(screen.getByLabelText('Download to'), { target: { value: 'spark-2' } })
    render(() => <Acts />)
    fireEvent.click(screen.getByRole('button', { name: 'Download…' }))
    await screen.findByText('The hub has no org/new.')
    const sent = asked.find(({ method }) => method === 'POST')
    expect(sent?.body).toEqual({ repo: 'org/new', hosts: ['spark-2'] })
  })

  it('shows what is on its way with true figures, in its row or above the list', async () => {
    show([raw], [{ route: 'GET /api/downloads', json: { downloads: [onItsWay, inTheList] } }])
    await screen.findByText(
      'Downloading to spark-1 · 1.0 GB of 4.0 GB · 300 MB a second · 10 s left',
    )
    screen.getByRole('button', { name: 'Cancel the download of org/new' })
    screen.getByText('1 of 2 files are there')
    const row = screen.getByText('raw-8b').closest('li')
    expect(row?.textContent).toContain('Copying to spark-1')
    expect(screen.queryByRole('button', { name: 'Delete raw-8b' })).toBeNull()
  })

  it('keeps the list of a host that is off, says so and says how old it is', async () => {
    const [host] = aModel().hosts
    const model = aModel({ hosts: host ? [{ ...host, stale: true }] : [] })
    fakeController([
      {
        route: 'GET /api/models',
        json: aView([model], { errors: [{ host: 'spark-1', message: 'It does not answer.' }] }),
      },
    ])
    render(() => <ModelsPage />)
    await screen.findByText('spark-1 could not be read.')
    screen.getByText(/\(as of/)
  })

  it('finds by words and says when nothing fits', async () => {
    show([aModel(), raw])
    fireEvent.input(await screen.findByLabelText('Search models'), { target: { value: 'raw' } })
    await waitFor(() => expect(screen.queryByText('Gemma 4 26B')).toBeNull())
    screen.getByText('raw-8b')
    fireEvent.input(screen.getByLabelText('Search models'), { target: { value: 'llama' } })
    await screen.findByText('No model fits what you look for.')
  })

  it('suggests settings with their reasons, shows mistakes at the field, and saves', async () => {
    const details = [{ path: 'nodes', message: 'Expected integer' }]
    const put = 'PUT /api/models/org--raw-8b/recipe'
    const asked = show(
      [raw],
      [
        {
          route: 'GET /api/models/suggest?repo=org%2Fraw-8b',
          json: {
            repo: raw.repo,
            recipe: aRecipe({ repo: raw.repo, title: 'Raw 8B' }),
            why,
            facts,
          },
        },
        {
          route: put,
          status: 400,
          json: { error: { code: 'VALIDATION', message: 'no', details } },
        },
        { route: put, json: {} },
      ],
    )
    fireEvent.click(await screen.findByRole('button', { name: 'Set up raw-8b' }))
    const nodes = await screen.findByLabelText('Machines')
    screen.getByText('16 GB of weights fit on one machine.')
    screen.getByText('As hf_quant_config.json says: NVFP4.')
    fireEvent.input(nodes, { target: { value: 'two' } })
    screen.getByText('Suggested: 1. 16 GB of weights fit on one machine.')
    fireEvent.click(screen.getByRole('button', { name: 'Save', hidden: true }))
    await screen.findByText('Expected integer.')
    expect(nodes.getAttribute('aria-invalid')).toBe('true')
    fireEvent.input(nodes, { target: { value: '1' } })
    fireEvent.click(screen.getByRole('button', { name: 'Save', hidden: true }))
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull())
    const saved = asked.filter(({ method }) => method === 'PUT').at(-1)
    expect(saved?.body).toMatchObject({ repo: 'org/raw-8b', nodes: 1, title: 'Raw 8B' })
  })
})
