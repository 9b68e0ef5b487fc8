import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers } from '../api.ts'
import { MAX_TOPOLOGY_BYTES } from '../topology/decode.ts'
import { ControllerView } from '../views.ts'

const Diagnostics = ControllerView.properties.topology.properties.diagnostics

export const controllerApi = {
  'GET /healthz': {
    summary: 'Whether the controller itself works',
    effect: 'read',
    is_public: true,
    reply: {
      200: Type.Object({
        status: Type.Literal('ok'),
        version: Type.String(),
        topology: Type.String(),
        simulated: Type.Boolean(),
      }),
    },
  },
  'GET /api': {
    summary: 'The controller: version, cluster, topology state and mistakes',
    effect: 'read',
    reply: { 200: ControllerView },
  },
  'GET /api/topology': {
    summary: 'The topology in force, secrets masked, with the mistakes of the file as it stands',
    effect: 'read',
    reply: {
      200: Type.Object({
        file: Type.String(),
        state: Type.String(),
        diagnostics: Diagnostics,
        topology: Type.Unknown(),
      }),
    },
  },
  'POST /api/topology/validate': {
    summary: 'Checks a topology.yaml without applying it; lists every mistake',
    effect: 'use',
    body: Type.Object({ text: Type.String({ maxLength: MAX_TOPOLOGY_BYTES }) }),
    reply: {
      200: Type.Object({ is_valid: Type.Boolean(), diagnostics: Diagnostics, text: Type.String() }),
    },
  },
} as const satisfies Api

export interface ControllerSource {
  view(): ControllerView
  /** The topology in force without its secrets; null if there is none. */
  topology(): unknown
  validate(
    text: string,
  ): Promise<{ diagnostics: ControllerView['topology']['diagnostics']; text: string }>
}

export const controllerHandlers = (source: ControllerSource): Handlers<typeof controllerApi> => ({
  'GET /healthz': () => {
    const { version, topology, is_simulated } = source.view()
    return answer(200, { status: 'ok', version, topology: topology.state, simulated: is_simulated })
  },
  'GET /api': () => answer(200, source.view()),
  'GET /api/topology': () => {
    const { file, state, diagnostics } = source.view().topology
    return answer(200, { file, state, diagnostics, topology: source.topology() })
  },
  'POST /api/topology/validate': async ({ body }) => {
    const { diagnostics, text } = await source.validate(body.text)
    const is_valid = diagnostics.every(({ severity }) => severity !== 'error')
    return answer(200, { is_valid, diagnostics, text })
  },
})
