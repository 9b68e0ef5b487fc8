import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers } from '../../api.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { LiveService } from '../../services.ts'
import { HostContainersView, lookAtHost, type UsedImage } from './host-containers.ts'

export const hostContainersApi = {
  'GET /api/hosts/:id/containers': {
    summary:
      'What runs on a host with its memory, and whether images of engines are the same elsewhere',
    effect: 'read',
    params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
    reply: { 200: HostContainersView },
  },
} as const satisfies Api

export interface HostContainersSource {
  hosts: Pick<Hosts, 'get'>
  services(): readonly LiveService[]
  now(): number
}

/** Several pages are answered by one look. */
const FRESH_MS = 5_000

export function hostContainersHandlers({
  hosts,
  services,
  now,
}: HostContainersSource): Handlers<typeof hostContainersApi> {
  const looks = new Map<string, { atMs: number; view: Promise<HostContainersView> }>()
  const used = (): UsedImage[] =>
    services().flatMap(({ spec, running }) =>
      (running?.images?.() ?? []).map((image) => ({ service: spec.id, ...image })),
    )
  return {
    'GET /api/hosts/:id/containers': async ({ params: { id } }) => {
      hosts.get(id)
      const last = looks.get(id)
      if (last && Math.abs(now() - last.atMs) < FRESH_MS) return answer(200, await last.view)
      // no signal: it is not the first caller's alone
      const view = lookAtHost(id, { host: hosts.get, used: used(), nowMs: now() })
      looks.set(id, { atMs: now(), view })
      view.catch(() => looks.delete(id))
      return answer(200, await view)
    },
  }
}
