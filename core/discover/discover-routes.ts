import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, QUIET } from '../api.ts'
import { ControlError } from '../errors.ts'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'
import { MAX_TOPOLOGY_BYTES } from '../topology/decode.ts'
import type { Diagnostic } from '../topology/topology.ts'
import { checkAddress } from './check-address.ts'
import { type DiscoverDeps, lookAtMachine, MachineRef, MachineView } from './look-at-machine.ts'
import { writeTopology } from './write-topology.ts'

const PlanDigest = { plan: Type.Optional(Type.String()) }

export const discoverApi = {
  'POST /api/discover': {
    summary: 'Looks at a machine that is not in the topology: the way to it, and what runs there',
    effect: 'operate',
    body: Type.Object({
      ...MachineRef.properties,
      trust: Type.Optional(Type.String({ pattern: '^SHA256:[A-Za-z0-9+/=]+$' })),
      ...PlanDigest,
    }),
    reply: { 200: MachineView },
  },
  'POST /api/discover/topology': {
    summary: 'Writes a topology.yaml, with comments, for machines as they were found',
    effect: 'use',
    body: Type.Object({
      machines: Type.Array(MachineView, { minItems: 1, maxItems: 32 }),
    }),
    reply: { 200: Type.Object({ text: Type.String() }) },
  },
  'POST /api/discover/save': {
    summary: 'Keeps a topology.yaml for the next start, where there is none yet',
    effect: 'operate',
    body: Type.Object({
      text: Type.String({ minLength: 1, maxLength: MAX_TOPOLOGY_BYTES }),
      ...PlanDigest,
    }),
    reply: { 201: Type.Object({ file: Type.String() }) },
  },
} as const satisfies Api

/** What the routes need from the composition root. */
export interface DiscoverSource extends DiscoverDeps {
  validate(text: string): Promise<{ diagnostics: readonly Diagnostic[] }>
}

export const discoverHandlers = (source: DiscoverSource): Handlers<typeof discoverApi> => {
  const file = join(source.dataDir, 'topology.yaml')
  return {
    'POST /api/discover': {
      plan: ({ body: { address, user, port, trust } }) => {
        checkAddress(address)
        return {
          ...QUIET,
          title: `Look at ${address}?`,
          confirm: 'Look',
          consequence: trust
            ? `The machine at ${address} is trusted by its key ${trust}, and looked at as ${user} on port ${port}. Nothing on it is changed.`
            : `It is looked at as ${user} on port ${port}. Nothing on it is changed.`,
        }
      },
      apply: async (_plan, { body: { address, user, port, trust } }) =>
        answer(200, await lookAtMachine({ address, user, port }, source, trust)),
    },
    'POST /api/discover/topology': ({ body }) =>
      answer(200, { text: writeTopology(body.machines) }),
    'POST /api/discover/save': {
      async plan({ body }) {
        await checkText(source, body.text)
        if (existsSync(file)) throw exists(file)
        return {
          ...QUIET,
          title: 'Save this topology?',
          confirm: 'Save',
          consequence: `It is written to ${file} and in force from the next start of Spark Control on.`,
        }
      },
      apply(_plan, { body }) {
        if (existsSync(file)) throw exists(file)
        writeFileAtomicSync(file, body.text)
        return answer(201, { file })
      },
    },
  }
}

async function checkText({ validate }: DiscoverSource, text: string): Promise<void> {
  const { diagnostics } = await validate(text)
  const mistakes = diagnostics.filter(({ severity }) => severity === 'error')
  if (mistakes.length === 0) return
  throw new ControlError('TOPOLOGY_INVALID', `the text has ${mistakes.length} mistakes`, {
    details: mistakes.map(({ path, message }) => ({ path, message })),
  })
}

const exists = (file: string): ControlError =>
  new ControlError('TOPOLOGY_EXISTS', `${file} is there already`, {
    hint: 'edit that file; nothing of it is overwritten',
  })
