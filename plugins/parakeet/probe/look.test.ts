import { expect, it } from 'vitest'
import { ControlError, type Service, type Upstream, Value } from '#core'
import { Settings } from '../settings.ts'
import { lookAt } from './look.ts'

const { signal } = new AbortController()

/** A service whose servers answer with a status, or fail with a code. */
function service(given: object, answers: Record<string, number | string>) {
  const asked: string[] = []
  const http = (endpoint = 'main') =>
    ({
      async request(path: string) {
        asked.push(`${endpoint} ${path}`)
        const answer = answers[endpoint] ?? 200
        if (typeof answer === 'string') throw new ControlError(answer, 'http://a refuses.')
        return { status: answer, headers: {}, body: Buffer.of(), json: () => ({}) }
      },
    }) as unknown as Upstream
  const settings = Value.Default(Settings, given) as Settings
  return { asked, service: { settings, http } as unknown as Service<Settings> }
}

it('asks where the topology says', async () => {
  const { asked, service: own } = service({ health: '/healthz' }, {})
  expect(await lookAt(own, signal)).toEqual({ state: 'up' })
  expect(asked).toEqual(['main /healthz'])
})

it('says that a refused connection may be a model on its way', async () => {
  const { service: own } = service({}, { main: 'UPSTREAM_UNREACHABLE' })
  await expect(lookAt(own, signal)).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    message: 'http://a refuses: it is stopped, or still loads its model',
  })
})

it('leaves it to core that a server is late', async () => {
  const { service: own } = service({}, { main: 'UPSTREAM_TIMEOUT' })
  await expect(lookAt(own, signal)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
})

it('is up without its diarizer, and says so', async () => {
  const diarizer = { port: 8010 }
  for (const [answer, speakers] of [
    ['UPSTREAM_UNREACHABLE', 'down'],
    ['UPSTREAM_TIMEOUT', 'busy'],
    [503, 'starting'],
  ] as const) {
    const { service: own } = service({ diarizer }, { diarizer: answer })
    const health = await lookAt(own, signal)
    expect(health).toMatchObject({ state: 'up', figures: { speakers } })
    expect(health.reason).toMatch(/^speakers: /)
  }
  const { asked, service: whole } = service({ diarizer }, {})
  expect(await lookAt(whole, signal)).toEqual({ state: 'up', figures: { speakers: 'up' } })
  expect(asked).toEqual(['main /health', 'diarizer /health'])
})
