import { ControlError, type Reply, type Upstream } from '#core'

/** What a fake engine does wrong on request. */
export interface EngineFaults {
  answers: boolean
  callsTools: boolean
}

/** The engine's port: refuses until something serves, then speaks like vLLM. */
export function createFakeUpstream(isServing: () => string | null, faults: EngineFaults) {
  const state = { inFlight: 0, isDraining: false, cut: 0, resumed: 0, drainedMs: -1 }
  const reply = (status: number, value: unknown): Reply => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return { status, headers: {}, body: Buffer.from(text), json: <T>() => JSON.parse(text) as T }
  }
  const upstream: Upstream = {
    origin: 'http://192.0.2.1:8888',
    get inFlight() {
      return state.inFlight
    },
    get isDraining() {
      return state.isDraining
    },
    async request(path, { body } = {}) {
      const model = isServing()
      if (!model) throw new ControlError('UPSTREAM_UNREACHABLE', 'connection refused')
      if (path === '/health') return reply(200, '')
      if (path === '/v1/models')
        return reply(200, { data: [{ id: model, root: model, max_model_len: 4096 }] })
      if (path === '/metrics') return reply(200, 'vllm:num_requests_running{engine="0"} 2.0\n')
      if (!faults.answers) return reply(500, { error: { message: 'boom' } })
      if ((body as { tools?: unknown }).tools === undefined) {
        return reply(200, { choices: [{ message: { content: ' Earth ' } }] })
      }
      const call = { function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }
      return reply(200, {
        choices: [{ message: faults.callsTools ? { tool_calls: [call] } : { content: 'sunny' } }],
      })
    },
    stream: () => Promise.reject(new ControlError('UPSTREAM_UNREACHABLE', 'connection refused')),
    admit: async ({ signal }) => ({ signal, leave() {} }),
    forward: async () => undefined,
    async drain(timeoutMs) {
      state.isDraining = true
      state.drainedMs = timeoutMs
      return state.inFlight === 0
    },
    cut() {
      state.cut = state.inFlight
      state.inFlight = 0
      return state.cut
    },
    resume() {
      state.isDraining = false
      state.resumed++
    },
    close: async () => undefined,
  }
  return Object.assign(upstream, { state })
}
