import { cleanup, render, screen } from '@solidjs/testing-library'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { HostContainersView } from '../../core/containers/on-host/host-containers.ts'
import HostContainers from './HostContainers.tsx'

const AT = '2026-03-03T12:00:00.000Z'
const container: HostContainersView['containers'][number] = {
  ...{ name: 'vllm_node', host: 'spark-1', state: 'running', health: null, image: 'vllm-node' },
  ...{ started_at: AT, stopped_at: null, exit_code: null, restarts: 0, memory_bytes: 91.5e9 },
}
const serve = (answer: unknown, status = 200): void => {
  vi.stubGlobal('fetch', async () => Response.json(answer, { status }))
}
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

describe('the containers of a host', () => {
  it('are shown with their memory, and the engine’s image with how it compares', async () => {
    const text = 'differs: spark-1 has 1a2b, a day old; spark-2 has 3c4d, 9 days old'
    serve({
      read_at: AT,
      containers: [container, { ...container, name: 'other', memory_bytes: null }],
      images: [
        {
          image: 'vllm-node',
          services: ['llm'],
          id: '1a2b',
          created_at: AT,
          verdict: 'differs',
          text,
        },
      ],
    } satisfies HostContainersView)
    render(() => <HostContainers host="spark-1" />)
    expect(await screen.findByText('91.5 GB')).toBeTruthy()
    expect(screen.getByText('not known')).toBeTruthy()
    expect(screen.getByText(text)).toBeTruthy()
  })

  it('that are none are said to be none', async () => {
    serve({ read_at: AT, containers: [], images: [] })
    render(() => <HostContainers host="spark-1" />)
    expect(await screen.findByText('No container runs here.')).toBeTruthy()
  })

  it('that cannot be asked for say why', async () => {
    serve({ error: { code: 'CONTAINERS_DENIED', message: 'the login user may not' } }, 502)
    render(() => <HostContainers host="spark-1" />)
    expect(await screen.findByText(/login user may not/)).toBeTruthy()
  })
})
