import { expect, vi } from 'vitest'
import { fingerprint } from '../../hosts/known-hosts.ts'
import type { HostView } from '../../views.ts'
import type { RealHost } from './real-host.ts'

/** Asks a controller over HTTP: GET without a body, POST with one, unless a method is named. */
export async function ask<T>(
  { url }: { url: string },
  path: string,
  body?: unknown,
  method?: string,
): Promise<{ status: number; body: T }> {
  const reply = await fetch(url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  return { status: reply.status, body: (await reply.json()) as T }
}

/** Trusts a host's key, once the controller has been offered that very one. */
export async function trust(
  controller: { url: string },
  { id, hostKey }: RealHost,
): Promise<{ status: number; body: HostView }> {
  const offered = fingerprint(hostKey)
  await vi.waitFor(
    async () => {
      const { body } = await ask<HostView>(controller, `/api/hosts/${id}`)
      expect(body.host_key?.offered).toBe(offered)
    },
    { timeout: 20_000, interval: 100 },
  )
  return ask(controller, `/api/hosts/${id}/trust`, { fingerprint: offered })
}
