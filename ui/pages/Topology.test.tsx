import { cleanup, render, screen } from '@solidjs/testing-library'
import { afterEach, it } from 'vitest'
import { applyEvent } from '../live.ts'
import { fakeController } from '../testing/dom.ts'
import { aController } from '../testing/views.ts'
import Topology from './Topology.tsx'

afterEach(cleanup)

it('shows the version in force anew when the file was read again', async () => {
  const route = 'GET /api/topology'
  fakeController([
    { route, json: { topology: { cluster: 'before' } } },
    { route, json: { topology: { cluster: 'after' } } },
  ])
  const controller = aController()
  applyEvent({ type: 'controller', controller })
  render(() => <Topology />)
  await screen.findByText(/cluster: before/)
  const topology = { ...controller.topology, loaded_at: '2026-03-03T12:01:00.000Z' }
  applyEvent({ type: 'controller', controller: { ...controller, topology } })
  await screen.findByText(/cluster: after/)
})
