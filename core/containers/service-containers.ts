import { asControlError, ControlError } from '../errors.ts'
import type { Service } from '../plugin.ts'
import type { LiveService } from '../services.ts'
import type { ContainerRef } from './container-refs.ts'
import { blankContainer, type ContainerView } from './container-view.ts'
import { inspectContainers, viewOf } from './inspect.ts'

/** How a look at containers is asked for. */
export interface LookOptions {
  /** `state` leaves the memory out, which takes longer to find out. */
  depth?: 'state' | 'memory'
  signal?: AbortSignal
}

/**
 * Looks at these containers, with one command a host. A host that cannot be asked costs the others
 * nothing: its containers are `unknown`, with the reason.
 */
export async function lookAtContainers(
  { hosts }: Pick<Service, 'hosts'>,
  refs: readonly ContainerRef[],
  options: LookOptions = {},
): Promise<ContainerView[]> {
  const byHost = Map.groupBy(refs, ({ host }) => host)
  const looks = [...byHost].map(async ([id, onHost]) => {
    const names = onHost.map(({ name }) => name)
    try {
      const host = hosts.get(id)
      if (!host) throw new ControlError('HOST_UNKNOWN', `there is no host "${id}"`)
      const found = await inspectContainers(host, names, options)
      return found.map(viewOf)
    } catch (thrown) {
      options.signal?.throwIfAborted()
      const { code, message, hint } = asControlError(thrown)
      const error = { code, message, ...(hint !== undefined && { hint }) }
      return names.map((name) => ({ ...blankContainer(name, id, 'unknown'), error }))
    }
  })
  const views = (await Promise.all(looks)).flat()
  return refs.flatMap(
    (ref) => views.find(({ name, host }) => name === ref.name && host === ref.host) ?? [],
  )
}

/** Whether core may start and stop the containers of a service. */
export const mayActOn = ({ loaded, spec }: LiveService): boolean =>
  loaded.plugin.containers === 'plain' && spec.settings.manage !== false

/** Throws for a service whose containers are not core's to start and stop. */
export function checkMayAct(live: LiveService): void {
  if (mayActOn(live)) return
  const { id, kind } = live.spec
  throw new ControlError(
    'SERVICE_UNMANAGED',
    live.spec.settings.manage === false
      ? `${id} is watched only (manage: false)`
      : `the containers of ${id} are started and stopped by the actions of kind ${kind}`,
  )
}

/** The container a caller means. Throws CONTAINER_UNKNOWN, and VALIDATION where a host must be named. */
export function findRef(
  service: string,
  refs: readonly ContainerRef[],
  name: string,
  host: string | undefined,
): ContainerRef {
  const found = refs.filter((ref) => ref.name === name && (host ?? ref.host) === ref.host)
  const [only, second] = found
  if (only && !second) return only
  if (second)
    throw new ControlError('VALIDATION', `${service} has a container "${name}" on several hosts`, {
      hint: `add ?host= with one of ${found.map((ref) => ref.host).join(', ')}`,
    })
  const where = host === undefined ? '' : ` on ${host}`
  throw new ControlError('CONTAINER_UNKNOWN', `${service} has no container "${name}"${where}`, {
    hint: `its containers: ${refs.map((ref) => ref.name).join(', ') || 'none'}`,
  })
}

/** The one container of a service. Throws CONTAINER_UNKNOWN for one without, or with several. */
export function findOnly(service: string, refs: readonly ContainerRef[]): ContainerRef {
  const [only, second] = refs
  if (only && !second) return only
  throw new ControlError(
    'CONTAINER_UNKNOWN',
    only ? `${service} has several containers` : `${service} names no container`,
    { hint: only ? `its containers: ${refs.map((ref) => ref.name).join(', ')}` : 'set container' },
  )
}
