import type { Static } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import type { Logger } from 'pino'
import type { LoadedKind } from '../catalog.ts'
import { createHosts, type Hosts } from '../hosts/hosts.ts'
import type { Clock } from '../plugin.ts'
import { HostView } from '../views.ts'
import { Nullable } from '../wire-types.ts'
import { recogniseServers } from './recognise.ts'
import { parseSurvey, surveyCommand } from './survey.ts'

/** A machine by the way to it. */
export const MachineRef = Type.Object({
  address: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.-]+$' }),
  user: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$' }),
  port: Type.Integer({ minimum: 1, maximum: 65535, default: 22 }),
})
export type MachineRef = Static<typeof MachineRef>

/** What was found on a machine that is not in the topology. */
export const MachineView = Type.Object({
  ...MachineRef.properties,
  /** How the way to it stands, with what is wrong and the way out. */
  host: HostView,
  containers: Type.Array(Type.Object({ name: Type.String(), image: Type.String() })),
  container_runtime: Type.Union([Type.Literal('docker'), Type.Literal('podman'), Type.Null()]),
  /** Why its containers could not be listed. */
  runtime_trouble: Nullable(Type.String()),
  /** Servers of kinds there are. */
  services: Type.Array(
    Type.Object({
      kind: Type.String(),
      title: Type.String(),
      port: Type.Integer(),
      keys: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
})
export type MachineView = Static<typeof MachineView>

export interface DiscoverDeps {
  dataDir: string
  clock: Clock
  log: Logger
  kinds(): readonly LoadedKind[]
}

/**
 * Looks at a machine with the controller's key: reads only, changes nothing. `trust` is the
 * fingerprint of a host key the owner has compared (`SHA256:…`).
 */
export async function lookAtMachine(
  ref: MachineRef,
  deps: DiscoverDeps,
  trust?: string,
): Promise<MachineView> {
  const { address, user, port } = ref
  const hosts = createHosts({
    ...{ dataDir: deps.dataDir, clock: deps.clock, log: deps.log },
    hosts: { [address]: specOf(ref) },
    // One look is all that is asked for.
    pollIntervalMs: 3_600_000,
  })
  try {
    const host = trust ? await hosts.trust(address, trust) : await hosts.pollNow(address)
    const survey = host.state === 'ok' ? await lookInside(hosts, address) : null
    return {
      ...{ address, user, port, host },
      containers: survey?.containers ?? [],
      container_runtime: survey?.runtime ?? null,
      runtime_trouble: survey?.runtimeTrouble ?? null,
      services: await recogniseServers(address, survey, deps.kinds(), deps.clock),
    }
  } finally {
    await hosts.close()
  }
}

const specOf = ({ user, address, port }: MachineRef) => ({
  ...{ address, user, ssh: { port }, model_dirs: [], container_runtime: 'docker' as const },
  ...{ memory: 'auto' as const, local: false },
})

async function lookInside(hosts: Hosts, id: string) {
  const { stdout } = await hosts.get(id).run(surveyCommand(), { timeoutMs: 20_000 })
  return parseSurvey(stdout)
}
