import type { LoadedKind } from '../catalog.ts'
import { containerRefs } from '../containers/container-refs.ts'
import { inspectContainers } from '../containers/inspect.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { originOf } from '../origin.ts'
import type { Clock } from '../plugin.ts'
import type { ServiceSpec } from '../topology/topology.ts'
import { createUpstream } from '../upstream/pool-upstream.ts'
import { type Finding, findingOf } from './finding.ts'

/** Checks whether a service's server answers and its containers are there. Reads only. */
export async function checkService(
  spec: ServiceSpec,
  { plugin }: LoadedKind,
  hosts: Hosts,
  clock: Clock,
): Promise<Finding[]> {
  if (plugin.place === 'controller')
    return [{ subject: spec.id, level: 'fine', message: 'runs in the controller' }]
  if (spec.user === '')
    return [{ subject: spec.id, level: 'fine', message: 'is not set up: its user is empty' }]
  const refs = containerRefs(plugin.settings, spec.settings, spec.host)
  const states = await Promise.all(
    refs.map(({ name, host }) => checkContainer(spec, name, host, hosts)),
  )
  const port = spec.port ?? plugin.defaultPort ?? null
  // a kind may do without a port: nobody calls it
  const isCalled = spec.url !== undefined || port !== null
  const server = isCalled ? [await checkServer(spec, port, hosts, clock)] : []
  return [...server, ...states.flat()]
}

async function checkServer(
  spec: ServiceSpec,
  port: number | null,
  hosts: Hosts,
  clock: Clock,
): Promise<Finding> {
  const { id } = spec
  const origin = originOf(spec, 'main', port, (host) => hosts.get(host).address)
  const upstream = createUpstream({ origin, requestTimeoutMs: null, clock })
  try {
    const { status } = await upstream.request('/health', { timeoutMs: 5_000 })
    return answerFinding(id, origin, status)
  } catch (thrown) {
    return {
      ...findingOf(thrown, 'warning', id),
      hint: 'fine if nothing is loaded or started there now',
    }
  } finally {
    await upstream.close()
  }
}

/** Any answer shows that something is there; not every server has the path that is asked for. */
export function answerFinding(subject: string, origin: string, status: number): Finding {
  if (status >= 500)
    return {
      ...{ subject, level: 'warning', message: `${origin}/health answers ${status}` },
      hint: 'it is there and not well: it may still be loading; otherwise look into its log',
    }
  const isHealth = status >= 200 && status < 300
  const message = isHealth
    ? `answers at ${origin}`
    : `something answers at ${origin} (${status} to /health, so what it is was not told)`
  return { subject, level: 'fine', message }
}

/** As the user the service goes by, who may have another key or none. */
async function checkContainer(
  { id: subject, user }: Pick<ServiceSpec, 'id' | 'user'>,
  name: string,
  host: string,
  hosts: Hosts,
): Promise<Finding[]> {
  if (hosts.views().find(({ id }) => id === host)?.state !== 'ok') return [] // said of the host
  try {
    const [found] = await inspectContainers(hosts.get(host, user), [name], { depth: 'state' })
    const state = found?.state ?? 'absent'
    return [
      state === 'running'
        ? { subject, level: 'fine', message: `container ${name} runs on ${host}` }
        : { subject, level: 'warning', message: `container ${name} on ${host}: ${state}` },
    ]
  } catch (thrown) {
    return [findingOf(thrown, 'bad', subject)]
  }
}
