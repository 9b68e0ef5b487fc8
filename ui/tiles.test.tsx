import { cleanup, render, screen, waitFor } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, describe, expect, it } from 'vitest'
import { aService } from './testing/views.ts'
import { ServiceTile } from './tiles.tsx'

afterEach(cleanup)

describe('a tile from data', () => {
  it('shows the figures that are known, the actions, the state in a word', () => {
    const tile = {
      figures: [
        { key: 'voices', label: 'Voices' },
        { key: 'queue', label: 'Waiting' },
      ],
      links: [{ label: 'Manual', href: 'http://127.0.0.1:1/' }],
      actions: [{ name: 'free', label: 'Free memory' }],
    }
    render(() => <ServiceTile service={aService({ figures: { voices: 54 }, tile })} />)
    screen.getByText('Voices')
    screen.getByText('54')
    screen.getByText('Up')
    screen.getByRole('button', { name: 'Free memory' })
    screen.getByRole('link', { name: 'Manual' })
    expect(screen.queryByText('Waiting')).toBeNull()
  })

  it('shows what a service with places is at work on, and its last error', () => {
    const admission = {
      ...{ concurrency: 2, queue: 8, waiting: 1, admitted_total: 9, refused_total: 0 },
      ...{ expired_total: 0, left_total: 0, waited_seconds_total: 0 },
    }
    const figures = { last_error: 'CUDA error' }
    render(() => <ServiceTile service={aService({ admission, in_flight: 2, figures })} />)
    screen.getByText('At work on')
    screen.getByText('CUDA error')
    screen.getByText(/1 request waits for a place/)
  })

  it('says why a service is down and when it last worked', () => {
    render(() => (
      <ServiceTile service={aService({ state: 'down', reason: 'nothing answers on its port' })} />
    ))
    screen.getByText(/Nothing answers on its port\./)
    screen.getByText(/Last seen working/)
  })

  it('flips its badge when the probe says so', async () => {
    const [service, setService] = createSignal(aService())
    render(() => <ServiceTile service={service()} />)
    screen.getByText('Up')
    setService(aService({ state: 'busy' }))
    await screen.findByText('Busy')
  })

  it('stands in where the module of a kind from outside the tree cannot be had', async () => {
    const tile = { figures: [], links: [], actions: [], module: '/plugins/whisper/tile.js' }
    render(() => <ServiceTile service={aService({ title: 'Whisper', tile })} />)
    await waitFor(() => screen.getByText('Whisper'))
  })
})
