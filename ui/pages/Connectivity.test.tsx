import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import type { UptimeView } from '../../core/connectivity/connectivity-routes.ts'
import { fakeController } from '../testing/dom.ts'
import Connectivity from './Connectivity.tsx'
import { listOutages, nameOfSubject } from './connectivity-view.ts'

afterEach(cleanup)

const at = (minute: number) => new Date(Date.UTC(2026, 2, 3, 12, minute)).toISOString()
const span = (from: number, to: number, state: string, reason: string | null = null) => ({
  ...{ from: at(from), to: at(to), state, reason },
  presence: state === 'up' || state === 'ok' ? ('up' as const) : ('down' as const),
})
const VIEW: UptimeView = {
  ...{ from: at(0), to: at(60) },
  subjects: [
    {
      subject: 'service:llm',
      spans: [
        span(0, 10, 'up'),
        span(10, 11, 'refused', 'its port refused'),
        span(11, 20, 'down'),
        span(20, 60, 'up'),
      ],
      days: [
        {
          day: '2026-03-03',
          up_s: 3000,
          down_s: 600,
          unknown_s: 0,
          outages: 1,
          uptime_percent: 83.333,
        },
      ],
    },
    {
      subject: 'host:spark-1',
      spans: [
        span(0, 50, 'ok'),
        span(50, 51, 'lost', 'its connection was dropped'),
        span(51, 60, 'unreachable', 'nothing listens on port 22'),
      ],
      days: [],
    },
  ],
}

describe('the list of outages', () => {
  it('takes what follows at once for one, and knows what goes on', () => {
    expect(listOutages(VIEW)).toMatchObject([
      {
        subject: 'host:spark-1',
        isOver: false,
        lastedS: 600,
        reason: 'nothing listens on port 22',
      },
      { subject: 'service:llm', isOver: true, lastedS: 600, words: 'its port refused' },
    ])
  })

  it('names what it speaks of', () => {
    expect(nameOfSubject('container:spark-1/vllm_node')).toBe('Container vllm_node on spark-1')
  })
})

it('shows the lines, the outages in words, and zooms to one', async () => {
  const routes: string[] = []
  fakeController([])
  globalThis.fetch = async (input) => {
    routes.push(String(input))
    return new Response(JSON.stringify(VIEW))
  }
  render(() => <Connectivity />)
  await screen.findByText('Service llm')
  screen.getByText('83.33 % · 1 outage')
  const list = screen.getByRole('list', { name: 'Outages' })
  within(list).getByText(/for 10 min · Its port refused/)
  const [first] = within(list).getAllByText('Show it')
  fireEvent.click(first as HTMLElement)
  await waitFor(() => expect(routes).toHaveLength(2))
  expect(decodeURIComponent(routes[1] ?? '')).toContain(`from=${at(40)}`)
})

it('names both days of a time that reaches over midnight', async () => {
  const view = { ...VIEW, from: at(-24 * 60), to: at(0) }
  fakeController([])
  globalThis.fetch = async () => new Response(JSON.stringify(view))
  render(() => <Connectivity />)
  const range = await screen.findByText(/ to /)
  for (const moment of [view.from, view.to])
    expect(range.textContent).toContain(
      new Date(moment).toLocaleDateString([], { dateStyle: 'medium' }),
    )
})
