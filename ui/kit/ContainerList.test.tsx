import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ContainerView } from '../../core/containers/container-view.ts'
import { applyEvent } from '../live.ts'
import { fakeController, installDialogs } from '../testing/dom.ts'
import { aService } from '../testing/views.ts'
import { Acts } from './Act.tsx'
import ContainerList from './ContainerList.tsx'

beforeAll(installDialogs)
afterEach(cleanup)

const container = (more: Partial<ContainerView> = {}): ContainerView => ({
  ...{ name: 'kokoro', host: 'spark-2', state: 'running', health: null, image: 'kokoro:1' },
  ...{ started_at: '2026-03-03T11:00:00.000Z', stopped_at: null, exit_code: null, restarts: 0 },
  memory_bytes: 2e9,
  ...more,
})
const LIST = 'GET /api/services/speech/containers'
const STOP = 'POST /api/services/speech/containers/kokoro/stop?host=spark-2'
const show = (containers: ContainerView[], is_managed = true, isWhole = true) => {
  const asked = fakeController([{ route: LIST, json: { containers, is_managed }, keep: true }])
  render(() => (
    <>
      <ContainerList service={aService()} isWhole={isWhole} />
      <Acts />
    </>
  ))
  return asked
}

describe('the containers of a service', () => {
  it.each<[Partial<ContainerView>, string, string[]]>([
    [{}, 'Running', ['Restart kokoro', 'Stop kokoro', 'Log of kokoro']],
    [{ health: 'unhealthy' }, 'Unhealthy', ['Restart kokoro', 'Stop kokoro', 'Log of kokoro']],
    [{ state: 'stopped', exit_code: 137 }, 'Stopped', ['Start kokoro', 'Log of kokoro']],
    [{ state: 'stopped', exit_code: 1 }, 'Failed (1)', ['Start kokoro', 'Log of kokoro']],
    [{ state: 'absent' }, 'Not there', []],
    [{ state: 'unknown' }, 'Not known', []],
  ])('%j: a badge in a word, and what can be done', async (more, badge, buttons) => {
    show([container(more)])
    expect(await screen.findByText(badge)).toBeTruthy()
    expect(screen.queryAllByRole('button').map((each) => each.getAttribute('aria-label'))).toEqual(
      buttons,
    )
  })

  it('are one line in a tile where several run, and open where one does not', async () => {
    const two = [container(), container({ name: 'diarizer' })]
    show(two, true, false)
    const line = await screen.findByText('2 containers, all running')
    expect(line.closest('details')?.open).toBe(false)
    cleanup()
    show([two[0] as ContainerView, container({ name: 'diarizer', state: 'absent' })], true, false)
    expect((await screen.findByText('2 containers')).closest('details')?.open).toBe(true)
    cleanup()
    show([container()], true, false)
    await screen.findByText('Running')
    expect(document.querySelector('details')).toBeNull()
  })

  it('that are watched only have nothing but their log', async () => {
    show([container()], false)
    await screen.findByText('Running')
    expect(screen.getAllByRole('button').map((each) => each.textContent)).toEqual(['Log'])
  })

  it('whose container restarts in a blink show that it was away', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    show([container()])
    await vi.waitFor(() => screen.getByText('Running'))
    const change = {
      ...{ host: 'spark-2', container: 'kokoro', at: '2026-03-03T12:00:00.000Z' },
      ...{ started_at: null, restarts: 0, seen_by: 'event' as const },
    }
    applyEvent({ type: 'container-changed', change: { ...change, from: 'running', to: 'stopped' } })
    applyEvent({ type: 'container-changed', change: { ...change, from: 'stopped', to: 'running' } })
    expect(screen.queryByText('Stopped')).toBeTruthy()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(screen.queryByText('Running')).toBeTruthy()
    vi.useRealTimers()
  })

  it('are stopped after the plan was shown', async () => {
    const asked = show([container()])
    fireEvent.click(await screen.findByRole('button', { name: 'Stop kokoro' }))
    await screen.findByRole('dialog')
    await Promise.resolve()
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toContain(`${STOP}&dry_run=true`)
  })
})
