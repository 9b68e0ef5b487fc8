import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Acts } from '../kit/Act.tsx'
import { now } from '../kit/clock.ts'
import { waitsFor } from '../kit/leases.ts'
import { Toasts } from '../kit/Toasts.tsx'
import { applyEvent } from '../live.ts'
import { fakeController, installDialogs } from '../testing/dom.ts'
import { aController, aLease, aPlan, aService } from '../testing/views.ts'
import { GenericTile } from '../tiles.tsx'
import Reservations from './Reservations.tsx'

const FORCE = 'DELETE /api/coordination/lock?force=true&fence=7'
const actions = [{ name: 'stop', label: 'Stop' }]
const service = aService({ tile: { figures: [], links: [], actions } })
const soon = () => new Date(now() + 90_000).toISOString()

beforeAll(installDialogs)
afterEach(cleanup)

function show() {
  const leases = [aLease({ expires_at: soon() })]
  const snapshot = { type: 'snapshot' as const, controller: aController(), hosts: [], jobs: [] }
  applyEvent({ ...snapshot, services: [service], leases })
  render(() => (
    <>
      <Reservations />
      <GenericTile service={service} />
      <Acts />
      <Toasts />
    </>
  ))
}

describe('a reservation', () => {
  it('is shown with holder, reason, the time left, and what waits for it', () => {
    show()
    screen.getByText(/^“crm” has reserved every GPU until /)
    screen.getByText(/For “nightly run”\. 1 min (30|29) s left\. .*speech wait until then/)
  })

  it('makes the buttons of its services say why they wait; others do not', () => {
    show()
    const stop = screen.getByRole('button', { name: 'Stop' })
    expect(stop.getAttribute('title')).toMatch(/^It waits: “crm” has reserved every GPU until/)
    expect(waitsFor('search')).toBeUndefined()
  })

  it('is released by exactly what its dialog says, and is gone when the controller says so', async () => {
    const asked = fakeController([
      { route: `${FORCE}&dry_run=true`, json: aPlan({ confirm: 'Release the reservation' }) },
      { route: FORCE, json: { released: aLease() } },
    ])
    show()
    fireEvent.click(screen.getByRole('button', { name: 'Release the reservation of crm' }))
    const name = 'Release the reservation'
    fireEvent.click(await screen.findByRole('button', { name, hidden: true }))
    await screen.findByText('The reservation is released.')
    expect(asked.at(-1)?.headers['x-plan-digest']).toBe('digest-1')
    applyEvent({ type: 'lease', change: 'forced', lease: aLease() })
    await waitFor(() => expect(screen.queryByText(/has reserved every GPU/)).toBeNull())
    expect(waitsFor('speech')).toBeUndefined()
  })
})
