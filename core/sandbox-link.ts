import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers } from './api.ts'

/** The simulated cluster as the controller sees it: faults that can be switched on. */
export interface SandboxLink {
  faults(): Promise<{ id: string; label: string; explanation: string; active: boolean }[]>
  setFault(id: string): Promise<void>
  clearFaults(): Promise<void>
  close(): Promise<void>
}

const Fault = Type.Object({
  id: Type.String(),
  label: Type.String(),
  explanation: Type.String(),
  active: Type.Boolean(),
})
const Faults = Type.Object({ faults: Type.Array(Fault) })

export const sandboxApi = {
  'GET /api/sandbox/faults': {
    summary: 'Faults the simulated cluster can show (sandbox only)',
    effect: 'read',
    reply: { 200: Faults },
  },
  'PUT /api/sandbox/faults/:id': {
    summary: 'Switches a fault on (sandbox only)',
    effect: 'use',
    params: Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }),
    reply: { 200: Faults },
  },
  'DELETE /api/sandbox/faults': {
    summary: 'Switches every fault off (sandbox only)',
    effect: 'use',
    reply: { 200: Faults },
  },
} as const satisfies Api

export const sandboxHandlers = (sandbox: SandboxLink): Handlers<typeof sandboxApi> => {
  const now = async () => answer(200, { faults: await sandbox.faults() })
  return {
    'GET /api/sandbox/faults': now,
    'PUT /api/sandbox/faults/:id': async ({ params }) => {
      await sandbox.setFault(params.id)
      return now()
    },
    'DELETE /api/sandbox/faults': async () => {
      await sandbox.clearFaults()
      return now()
    },
  }
}
