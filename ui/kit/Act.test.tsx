import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { applyEvent } from '../live.ts'
import { fakeController, installDialogs } from '../testing/dom.ts'
import { aJob, aLease, aPlan } from '../testing/views.ts'
import { type Act, Acts, act } from './Act.tsx'
import { JobDrawer } from './JobDrawer.tsx'
import { Toasts } from './Toasts.tsx'

const DRY = 'POST /api/swap?dry_run=true'
const DO = 'POST /api/swap'
const body = { model: 'org/gemma' }

beforeAll(installDialogs)
afterEach(() => {
  // What is asked and said is the page's, not a component's.
  for (const dialog of document.querySelectorAll('dialog'))
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
  for (const close of document.querySelectorAll<HTMLElement>('.toast button')) close.click()
  cleanup()
})

function ask(wanted: Act = { route: DO, body, keep: 'Keep Qwen' }) {
  render(() => (
    <>
      <Acts />
      <JobDrawer />
      <Toasts />
    </>
  ))
  act(wanted)
}
const button = (name: string) => screen.findByRole('button', { name, hidden: true })

describe('an act', () => {
  it('is shown as its plan: what stops, what happens, the evidence, the commands', async () => {
    fakeController([{ route: DRY, json: aPlan() }])
    ask()
    await screen.findByText('Load Gemma instead of Qwen?')
    screen.getByText('Qwen stops on spark-1.')
    screen.getByText('Until Gemma is ready nobody gets answers.')
    screen.getByText('Last time: 3 min 50 s · 3 requests being answered now')
    screen.getByText('docker stop one')
  })

  it('gives the focus to the button that changes nothing', async () => {
    fakeController([{ route: DRY, json: aPlan() }])
    ask()
    expect(await button('Keep Qwen')).toBe(document.activeElement)
  })

  it('is not done when it is declined', async () => {
    const asked = fakeController([{ route: DRY, json: aPlan() }])
    ask()
    fireEvent.click(await button('Keep Qwen'))
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull())
    expect(asked.map(({ path }) => path)).toEqual(['/api/swap?dry_run=true'])
  })

  it('sends the digest that was agreed to with an idempotency key, then shows its job', async () => {
    const asked = fakeController([
      { route: DRY, json: aPlan() },
      { route: DO, status: 202, json: { job: aJob(), unchanged: false } },
      { route: 'GET /api/jobs/j1/log', text: '' },
    ])
    ask()
    fireEvent.click(await button('Load Gemma'))
    await screen.findByText('Loading weights', { selector: '.progress *' })
    const sent = asked.find(({ path }) => path === '/api/swap')
    expect(sent?.body).toEqual(body)
    expect(sent?.headers['x-plan-digest']).toBe('digest-1')
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
  })

  it('that wants a name typed is not done before it is, and sends it', async () => {
    const asked = fakeController([
      { route: 'DELETE /api/models/big?dry_run=true', json: aPlan({ confirm: 'Delete 118 GB' }) },
      { route: 'DELETE /api/models/big?confirm=big', status: 202, json: { job: null } },
    ])
    ask({ route: 'DELETE /api/models/big', confirm: 'big' })
    const doIt = (await button('Delete 118 GB')) as HTMLButtonElement
    expect(doIt.disabled).toBe(true)
    const field = screen.getByLabelText('Type big to confirm')
    fireEvent.input(field, { target: { value: 'bi' } })
    expect(doIt.disabled).toBe(true)
    fireEvent.input(field, { target: { value: 'big' } })
    fireEvent.click(doIt)
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull())
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/models/big?confirm=big' })
  })

  it('asks again with the new plan when what would happen has changed', async () => {
    const asked = fakeController([
      { route: DRY, json: aPlan() },
      { route: DO, status: 409, json: { error: { code: 'PLAN_CHANGED', message: 'changed' } } },
      { route: DRY, json: aPlan({ stops: ['Gemma 2 stops.'], digest: 'digest-2' }) },
      { route: DO, status: 202, json: { job: null, unchanged: true } },
    ])
    ask()
    fireEvent.click(await button('Load Gemma'))
    await screen.findByText('What would happen has changed since you looked.')
    await screen.findByText('Gemma 2 stops.')
    fireEvent.click(await button('Load Gemma'))
    await screen.findByText('Nothing to do: it already is as you want it.')
    const [first, second] = asked.filter(({ path }) => path === '/api/swap')
    expect(second?.headers['x-plan-digest']).toBe('digest-2')
    expect(second?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key'])
  })

  it('says why it cannot be done, and the way out', async () => {
    const error = { code: 'SERVICE_UNMANAGED', message: 'llm is watched only', hint: 'remove it' }
    fakeController([{ route: DRY, status: 409, json: { error } }])
    ask()
    await screen.findByText('Llm is watched only.')
    screen.getByText('Remove it.')
    expect(screen.queryByRole('button', { name: 'Load Gemma', hidden: true })).toBeNull()
  })

  it('keeps the key when nobody answered, so that trying again cannot do it twice', async () => {
    const asked = fakeController([{ route: DRY, json: aPlan() }])
    ask()
    fireEvent.click(await button('Load Gemma'))
    await screen.findByText('The controller does not answer.')
    fireEvent.click(await button('Load Gemma'))
    await waitFor(() => expect(asked.filter(({ path }) => path === '/api/swap')).toHaveLength(2))
    const keys = asked
      .filter(({ path }) => path === '/api/swap')
      .map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(1)
  })

  it('that has to wait says for what, and is offered as soon as that is over', async () => {
    const waits = { code: 'LEASE_HELD', message: '“crm” has reserved llm for another minute' }
    applyEvent({ type: 'lease', change: 'acquired', lease: aLease() })
    fakeController([
      { route: DRY, json: aPlan({ waits }) },
      { route: DRY, json: aPlan() },
    ])
    ask()
    await screen.findByText('This has to wait.')
    screen.getByText(/“crm” has reserved llm for another minute\./)
    screen.getByText('Qwen stops on spark-1.')
    expect(screen.queryByRole('button', { name: 'Load Gemma', hidden: true })).toBeNull()
    applyEvent({ type: 'lease', change: 'released', lease: aLease() })
    await button('Load Gemma')
  })

  it('is closed with a word when there is nothing to do', async () => {
    fakeController([{ route: DRY, text: 'null' }])
    ask()
    await screen.findByText('Nothing to do: it already is as you want it.')
    expect(document.querySelector('dialog')).toBeNull()
  })
})
