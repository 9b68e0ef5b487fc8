import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuditView } from '../../core/audit/audit.ts'
import { Acts } from '../kit/Act.tsx'
import { Toasts } from '../kit/Toasts.tsx'
import { applyEvent } from '../live.ts'
import { fakeController, installDialogs } from '../testing/dom.ts'
import { aPlan } from '../testing/views.ts'
import Audit from './Audit.tsx'
import Schedule from './Schedule.tsx'

const AT = '2026-03-03T12:00:00.000Z'
const LIST = 'GET /api/coordination/schedules'

beforeAll(installDialogs)
afterEach(cleanup)

const entry = (id: number, more: Partial<AuditView> = {}): AuditView => ({
  ...{ id, at: AT, address: '192.168.1.20', token: null, action: 'POST /api/swap' },
  ...{ title: `Load model ${id}`, outcome: 'done', code: null, message: null, job: null },
  ...{ owner: null, fence: null },
  ...more,
})

describe('the schedule page', () => {
  const schedule = {
    ...{ id: 'a1', owner: 'crm', contact: 'Alice', model: 'org/gemma', resource: 'gpu' },
    ...{ duration_s: 7200, cron: '0 3 * * *', time_zone: 'Europe/Berlin' },
    ...{ created_at: AT, updated_at: AT, next_at: '2026-03-04T02:00:00.000Z' },
  }
  const page = { schedules: [schedule], from: AT, to: '2026-03-04T12:00:00.000Z', upcoming: [] }

  it('says who needs what, how long, whom to ask and by which clock', async () => {
    fakeController([{ route: LIST, json: page }])
    render(() => <Schedule />)
    await screen.findByText('crm')
    screen.getByText(/every GPU for 2 h/)
    screen.getByText(/ask Alice/)
    screen.getByText('0 3 * * *')
    screen.getByText('Nothing is reserved and nothing is due.')
  })

  it('is fetched anew every five minutes, not at every tick of the clock', async () => {
    const asked = fakeController([{ route: LIST, json: page, keep: true }])
    const atMs = Math.ceil(Date.now() / 300_000) * 300_000
    const clock = vi.spyOn(Date, 'now')
    const tick = (ms: number) => {
      clock.mockReturnValue(atMs + ms)
      document.dispatchEvent(new Event('visibilitychange'))
    }
    tick(0)
    render(() => <Schedule />)
    await screen.findByText('crm')
    for (const second of [1, 2, 3]) tick(second * 1000)
    expect(asked).toHaveLength(1)
    tick(300_000)
    await waitFor(() => expect(asked).toHaveLength(2))
    clock.mockRestore()
  })

  it('removes a schedule after saying what that means, and fetches the list anew', async () => {
    const gone = 'DELETE /api/coordination/schedules/a1'
    fakeController([
      { route: LIST, json: page },
      { route: `${gone}?dry_run=true`, json: aPlan({ confirm: 'Remove the schedule' }) },
      { route: gone, json: schedule },
      { route: LIST, json: { ...page, schedules: [] } },
    ])
    render(() => (
      <>
        <Schedule />
        <Acts />
        <Toasts />
      </>
    ))
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the schedule of crm' }))
    const name = 'Remove the schedule'
    fireEvent.click(await screen.findByRole('button', { name, hidden: true }))
    await screen.findByText('The schedule is removed.')
    applyEvent({ type: 'changed', topic: 'schedules', service: null })
    await screen.findByText('No program has registered a need.')
  })
})

describe('the audit page', () => {
  it('says that nothing was changed, or that nothing ended as was asked for', async () => {
    const none = { entries: [], next_cursor: null }
    fakeController(
      ['limit=50', 'limit=50&outcome=failed'].map((query) => ({
        ...{ route: `GET /api/audit?${query}`, json: none, keep: true },
      })),
    )
    render(() => <Audit />)
    await screen.findByText('Nothing has been changed yet.')
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'failed' } })
    await screen.findByText('Nothing ended in this way.')
  })

  it('says what was done, by whom, and why it was refused; the controller is named as itself', async () => {
    const refused = { outcome: 'refused' as const, message: 'reserved by crm', owner: 'crm' }
    const entries = [entry(2, refused), entry(1, { address: null, job: 'j1', token: null })]
    fakeController([{ route: 'GET /api/audit?limit=50', json: { entries, next_cursor: null } }])
    render(() => <Audit />)
    await screen.findByText('Load model 2')
    screen.getByText('Reserved by crm.')
    screen.getByText(/192\.168\.1\.20 · reservation of “crm”/)
    screen.getByText(/Spark Control itself/)
    expect(screen.getByText('Load model 1').getAttribute('href')).toBe('/jobs/j1')
  })

  it('goes back in time page by page, and shows one outcome alone', async () => {
    const list = (query: string, ids: number[], next_cursor: string | null) => ({
      route: `GET /api/audit?${query}`,
      json: { entries: ids.map((id) => entry(id)), next_cursor },
    })
    fakeController([
      { ...list('limit=50', [4, 3], 'c3'), keep: true },
      list('limit=50&cursor=c3', [2, 1], null),
      list('limit=50&outcome=failed', [1], null),
    ])
    render(() => <Audit />)
    fireEvent.click(await screen.findByRole('button', { name: 'Show earlier ones' }))
    await screen.findByText('Load model 1')
    screen.getByText('Load model 4')
    expect(screen.queryByRole('button', { name: 'Show earlier ones' })).toBeNull()
    fireEvent.change(screen.getByLabelText('Outcome'), { target: { value: 'failed' } })
    await waitFor(() => expect(screen.queryByText('Load model 4')).toBeNull())
    screen.getByText('Load model 1')
  })

  it('has no gap and nothing twice when acts come while earlier ones are shown', async () => {
    const list = (query: string, ids: number[], next_cursor: string | null) => ({
      route: `GET /api/audit?${query}`,
      json: { entries: ids.map((id) => entry(id)), next_cursor },
    })
    fakeController([
      list('limit=50', [4, 3], 'c3'),
      list('limit=50', [4, 3], 'c3'),
      list('limit=50&cursor=c3', [2, 1], null),
      list('limit=50', [5, 4], 'c4'),
      list('limit=50&cursor=c4', [3, 2], 'c2'),
    ])
    render(() => <Audit />)
    fireEvent.click(await screen.findByRole('button', { name: 'Show earlier ones' }))
    await screen.findByText('Load model 1')
    applyEvent({ type: 'changed', topic: 'audit', service: null })
    await screen.findByText('Load model 5')
    const acts = screen.getAllByText(/^Load model/).map(({ textContent }) => textContent)
    expect(acts).toEqual(['Load model 5', 'Load model 4', 'Load model 3', 'Load model 2'])
  })
})
