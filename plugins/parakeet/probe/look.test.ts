import { expect, it } from 'vitest'
import { type ContainerView, ControlError, type Service, type Upstream, Value } from '#core'
import { Settings } from '../settings.ts'
import { judgeContainer } from './judge-container.ts'
import { lookAt } from './look.ts'

const { signal } = new AbortController()

type Facts = Partial<ContainerView> & { name: string }

/** A service whose servers answer with a status, or fail with a code; `views` is what docker says. */
function service(given: object, answers: Record<string, number | string>, views?: Facts[]) {
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
  const containers = async () => {
    asked.push('docker')
    if (!views) throw new ControlError('HOST_NO_SSH', 'no user')
    return views
  }
  return { asked, service: { settings, http, containers } as unknown as Service<Settings> }
}

it('asks where the topology says, and docker only if the port refuses', async () => {
  const { asked, service: own } = service({ health: '/healthz' }, {})
  expect(await lookAt(own, signal)).toEqual({ state: 'up' })
  expect(asked).toEqual(['main /healthz'])
})

it('says that a refused connection may be a model on its way, where docker cannot be asked', async () => {
  const { service: own } = service({}, { main: 'UPSTREAM_UNREACHABLE' })
  await expect(lookAt(own, signal)).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    message: 'http://a refuses: it is stopped, or still loads its model',
  })
})

it.each([
  ['running', null, 'starting'],
  ['stopped', 0, 'idle'],
  ['stopped', 143, 'idle'],
  ['stopped', 139, 'down'],
  ['restarting', null, 'down'],
  ['paused', null, 'idle'],
  ['absent', null, 'down'],
] as const)(
  'takes a refusal with a container that is %s (%s) for %s',
  async (state, exit_code, is) => {
    const views = [{ name: 'parakeet-asr', state, exit_code }]
    const { service: own } = service({}, { main: 'UPSTREAM_UNREACHABLE' }, views)
    const health = await lookAt(own, signal)
    expect(health.state).toBe(is)
    expect(health.reason).toContain('parakeet-asr')
  },
)

it('knows nothing of a container that docker could not tell of', () => {
  const error = { code: 'HOST_LOST', message: 'gone' }
  expect(judgeContainer({ name: 'a', state: 'unknown', exit_code: null, error })).toBeUndefined()
})

it('leaves it to core that a server is late', async () => {
  const { service: own, asked } = service({}, { main: 'UPSTREAM_TIMEOUT' })
  await expect(lookAt(own, signal)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
  expect(asked).not.toContain('docker')
})

it('is up without its diarizer, and says so', async () => {
  const diarizer = { port: 8010, container: 'diarizer' }
  for (const [answer, speakers] of [
    ['UPSTREAM_UNREACHABLE', 'idle'],
    ['UPSTREAM_TIMEOUT', 'busy'],
    [503, 'starting'],
  ] as const) {
    const views = [{ name: 'diarizer', state: 'stopped' as const, exit_code: 0 }]
    const { service: own } = service({ diarizer }, { diarizer: answer }, views)
    const health = await lookAt(own, signal)
    expect(health).toMatchObject({ state: 'up', figures: { speakers } })
    expect(health.reason).toMatch(/^speakers: /)
  }
  const { asked, service: whole } = service({ diarizer }, {})
  expect(await lookAt(whole, signal)).toEqual({ state: 'up', figures: { speakers: 'up' } })
  expect(asked).toEqual(['main /health', 'diarizer /health'])
})
