import { describe, expect, it } from 'vitest'
import { applyEvent, live, noteJob, onChanged, onLine, takeSnapshot } from './live.ts'
import { aController, aHost, aJob, aService } from './testing/views.ts'

const snapshot = {
  type: 'snapshot' as const,
  controller: aController(),
  hosts: [aHost(), aHost({ id: 'spark-2' })],
  services: [aService()],
  jobs: [aJob()],
  leases: [],
}

describe('what the page knows', () => {
  it('is replaced by a snapshot, which tells pages to fetch everything again', () => {
    const topics: string[] = []
    const leave = onChanged((topic) => topics.push(topic))
    applyEvent({ ...snapshot, services: [aService(), aService({ id: 'gone' })] })
    applyEvent(snapshot)
    leave()
    expect(live.services.map(({ id }) => id)).toEqual(['speech'])
    expect(topics).toEqual(['*', '*'])
  })

  it('keeps the identity of a service whose state changes, so that its tile is not drawn anew', () => {
    applyEvent(snapshot)
    const before = live.services[0]
    applyEvent({ type: 'service', service: aService({ state: 'down' }) })
    expect(live.services[0]).toBe(before)
    expect(live.services[0]?.state).toBe('down')
  })

  it('takes in and lets go hosts and services', () => {
    applyEvent(snapshot)
    applyEvent({ type: 'service', service: aService({ id: 'new' }) })
    applyEvent({ type: 'host-removed', id: 'spark-2' })
    applyEvent({ type: 'service-removed', id: 'speech' })
    expect(live.services.map(({ id }) => id)).toEqual(['new'])
    expect(live.hosts.map(({ id }) => id)).toEqual(['spark-1'])
  })

  it('keeps jobs newest first and never more than a hundred', () => {
    applyEvent(snapshot)
    for (let n = 0; n < 150; n++) {
      const created_at = new Date(Date.UTC(2026, 4, 1, 0, 0, n)).toISOString()
      noteJob(aJob({ id: `n${n}`, created_at }))
    }
    expect(live.jobs).toHaveLength(100)
    expect(live.jobs[0]?.id).toBe('n149')
  })

  it('hands lines on and keeps none', () => {
    const lines: string[] = []
    const leave = onLine(({ text }) => lines.push(text))
    applyEvent({ type: 'line', job: 'j1', n: 0, text: 'one' })
    leave()
    applyEvent({ type: 'line', job: 'j1', n: 1, text: 'two' })
    expect(lines).toEqual(['one'])
  })

  it('can be handed to a tab that has just been opened', () => {
    applyEvent(snapshot)
    expect(takeSnapshot()?.services[0]?.id).toBe('speech')
  })
})
