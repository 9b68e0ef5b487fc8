import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Acts } from '../../../ui/kit/Act.tsx'
import { fakeController, installDialogs } from '../../../ui/testing/dom.ts'
import { aPlan } from '../../../ui/testing/views.ts'
import type { FitPlace, FitView } from '../fit/fit-view.ts'
import { load } from './acts.ts'
import { sharesOf } from './fit-shares.ts'
import { aModel } from './testing/models.ts'

const GB = 1e9
const aPlace = (more: Partial<FitPlace> = {}): FitPlace => ({
  ...{ host: 'spark-1', gpu: null, memory: 'unified', source: '/proc/meminfo' },
  ...{ total_bytes: 128 * GB, free_bytes: 40 * GB, reclaimable_bytes: 10 * GB },
  ...{ freed_bytes: 60 * GB, room_bytes: 110 * GB, need_bytes: 40 * GB, asks_bytes: 90 * GB },
  terms: [
    { name: 'weights', bytes: 25 * GB, because: '25 GB on the disk' },
    { name: 'cache', bytes: 6 * GB, because: 'one conversation' },
    { name: 'overhead', bytes: 9 * GB, because: 'an estimate' },
  ],
  others: [{ name: 'Speech', bytes: 2 * GB }],
  ...more,
})
const aFit = (more: Partial<FitView> = {}): FitView => ({
  ...{ key: 'org--gemma-4', repo: 'org/gemma-4', service: 'llm', verdict: 'fits' },
  ...{ reasons: [], ways: [], stop: [], concurrency: 9.3 },
  settings: {
    ...{ source: 'shipped', nodes: 1, tensor_parallel: 1, max_model_len: 40_960 },
    ...{ gpu_memory_utilization: 0.7, kv_cache_dtype: 'fp8' },
  },
  ...{ largest_max_model_len: 131_072, smallest_gpu_memory_utilization: 0.32 },
  places: [aPlace()],
  ...more,
})
const texts = (place: FitPlace) => sharesOf(place).map(({ label, text }) => `${label}: ${text}`)

beforeAll(installDialogs)
afterEach(cleanup)

describe('the parts of the memory', () => {
  it('are the sum, who else is there, and what stays free', () => {
    expect(texts(aPlace())).toEqual([
      'Weights: 25.0 GB',
      'Cache of one full conversation: 6.0 GB',
      'Cache of further conversations: 50.0 GB',
      'The engine itself: about 9.0 GB',
      'The system and other programs, of it Speech 2.0 GB: 18.0 GB',
      'Free: 20.0 GB',
    ])
  })

  it('say what is missing where it does not fit', () => {
    expect(texts(aPlace({ room_bytes: 30 * GB, asks_bytes: 20 * GB })).at(-1)).toBe(
      'Missing: 10.0 GB',
    )
  })
})

describe('the dialog of a load', () => {
  const DRY = { route: 'POST /api/swap?dry_run=true', json: aPlan() }
  const GET = 'GET /api/models/org--gemma-4/fit?service=llm'
  const ask = () => {
    render(() => <Acts />)
    load(aModel(), 'llm')
  }
  const close = () => fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('cancel'))

  it('shows the memory of every machine with it', async () => {
    const second = aPlace({ host: 'spark-2' })
    fakeController([DRY, { route: GET, json: aFit({ places: [aPlace(), second] }) }])
    ask()
    await screen.findByText('Memory of spark-2 with it')
    screen.getByRole('list', { name: 'Memory of spark-1 with it', hidden: true })
    screen.getByText(
      'Longest context that fits: 131,072 tokens. Conversations of full length at once: 9.',
    )
    close()
  })

  it('is not held up by a sum that cannot be made', async () => {
    const error = { error: { code: 'HOST_UNREACHABLE', message: 'no', details: [] } }
    fakeController([DRY, { route: GET, status: 502, json: error }])
    ask()
    await screen.findByText(/could not be summed up/)
    screen.getByRole('button', { name: 'Load Gemma', hidden: true })
    close()
  })
})
