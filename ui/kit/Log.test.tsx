import { cleanup, render, screen } from '@solidjs/testing-library'
import { createRoot, createSignal } from 'solid-js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { applyEvent } from '../live.ts'
import { fakeController } from '../testing/dom.ts'
import { Log } from './Log.tsx'
import { createJobLines } from './lines.ts'

afterEach(cleanup)

const sse = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => from + at)
    .map((n) => `id: ${n}\nevent: line\ndata: ${JSON.stringify({ n, text: `line ${n}` })}\n\n`)
    .join('')
const line = (n: number) => applyEvent({ type: 'line', job: 'j1', n, text: `line ${n}` })
const GET = 'GET /api/jobs/j1/log'

describe('the log of a job', () => {
  it('begins with what was kept and goes on with what comes', async () => {
    fakeController([{ route: GET, text: sse(0, 3) }])
    await createRoot(async (dispose) => {
      const log = createJobLines(
        () => 'j1',
        () => false,
      )
      await vi.waitFor(() => expect(log.lines()).toHaveLength(3))
      line(3)
      await vi.waitFor(() => expect(log.lines().at(-1)?.text).toBe('line 3'))
      dispose()
    })
  })

  it('fills a gap by reading again from the last line it has', async () => {
    const asked = fakeController([
      { route: GET, text: sse(0, 2) },
      { route: GET, text: sse(2, 6) },
    ])
    await createRoot(async (dispose) => {
      const log = createJobLines(
        () => 'j1',
        () => false,
      )
      await vi.waitFor(() => expect(log.lines()).toHaveLength(2))
      line(5)
      await vi.waitFor(() => expect(log.lines().map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]))
      expect(asked[1]?.headers['last-event-id']).toBe('1')
      dispose()
    })
  })

  it('never holds more than 2,000 lines, and says that earlier ones are not shown', async () => {
    fakeController([{ route: GET, text: sse(0, 2500) }])
    await createRoot(async (dispose) => {
      const log = createJobLines(
        () => 'j1',
        () => true,
      )
      await vi.waitFor(() => expect(log.lines().at(-1)?.n).toBe(2499))
      expect(log.lines()).toHaveLength(2000)
      expect(log.isDropped()).toBe(true)
      dispose()
    })
  })

  it('drops colour codes of terminals', async () => {
    const coloured = JSON.stringify({ n: 0, text: '\u001b[32mINFO\u001b[0m ready' })
    fakeController([{ route: GET, text: `event: line\ndata: ${coloured}\n\n` }])
    await createRoot(async (dispose) => {
      const log = createJobLines(
        () => 'j1',
        () => true,
      )
      await vi.waitFor(() => expect(log.lines()[0]?.text).toBe('INFO ready'))
      dispose()
    })
  })

  it('can be reached and scrolled by keyboard', () => {
    const [lines] = createSignal([{ n: 0, text: 'one' }])
    render(() => <Log label="Log of a job" lines={lines()} />)
    expect(screen.getByRole('log', { name: 'Log of a job' }).tabIndex).toBe(0)
  })
})
