import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, QUIET } from '../api.ts'
import { ControlError } from '../errors.ts'
import { authorizeLine } from '../hosts/authorize-line.ts'
import { COMPARE_KEYS } from '../hosts/compare-keys.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { PastHour } from '../hosts/past-hour.ts'
import { HostView } from '../views.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

export const hostsApi = {
  'GET /api/hosts': {
    summary: 'Every host with what was last read from it',
    effect: 'read',
    reply: { 200: Type.Object({ hosts: Type.Array(HostView) }) },
  },
  'GET /api/hosts/:id': {
    summary: 'One host',
    effect: 'read',
    params: Id,
    reply: { 200: HostView },
  },
  'GET /api/hosts/:id/history': {
    summary: 'Memory, GPU, temperature and power of the last hour',
    effect: 'read',
    params: Id,
    reply: { 200: PastHour },
  },
  'GET /api/hosts/:id/ssh-key': {
    summary: "The controller's public key, and the line to paste on the host",
    effect: 'read',
    params: Id,
    reply: { 200: Type.Object({ public_key: Type.String(), line: Type.String() }) },
  },
  'POST /api/hosts/:id/trust': {
    summary: 'Trusts the key the host shows now; name its fingerprint',
    effect: 'operate',
    params: Id,
    body: Type.Object({ fingerprint: Type.String({ pattern: '^SHA256:[A-Za-z0-9+/=]+$' }) }),
    reply: { 200: HostView },
  },
} as const satisfies Api

export const hostsHandlers = (hosts: Hosts): Handlers<typeof hostsApi> => ({
  'GET /api/hosts': () => answer(200, { hosts: hosts.views() }),
  'GET /api/hosts/:id': ({ params }) => answer(200, view(hosts, params.id)),
  'GET /api/hosts/:id/history': ({ params }) => answer(200, hosts.pastHour(params.id)),
  'GET /api/hosts/:id/ssh-key': ({ params }) => {
    view(hosts, params.id)
    const key = hosts.publicKey()
    return answer(200, { public_key: key, line: authorizeLine(key) })
  },
  'POST /api/hosts/:id/trust': {
    plan: ({ params, body }) => planTrust(view(hosts, params.id), body.fingerprint),
    apply: async (_plan, { params, body }) => {
      await hosts.trust(params.id, body.fingerprint)
      return answer(200, view(hosts, params.id))
    },
  },
})

function planTrust(host: HostView, fingerprint: string) {
  const { offered, known } = host.host_key ?? {}
  if (offered !== fingerprint)
    throw new ControlError(
      'HOST_KEY_CHANGED',
      `${host.id} does not show ${fingerprint} now${offered ? `, but ${offered}` : ''}`,
      { hint: 'look at the host again and compare the fingerprints' },
    )
  return {
    ...QUIET,
    title: known ? `Trust the new key of ${host.id}?` : `Trust ${host.id}?`,
    confirm: known ? 'I compared them: trust the new key' : 'Trust this key',
    consequence:
      `From now on the machine at ${host.address} is taken for ${host.id} if it shows ${fingerprint}` +
      `${known ? ` instead of ${known}` : ''}. To compare, run on ${host.id} itself: ${COMPARE_KEYS}`,
  }
}

function view(hosts: Hosts, id: string): HostView {
  const found = hosts.views().find((host) => host.id === id)
  if (!found)
    throw new ControlError('HOST_UNKNOWN', `no host "${id}"`, {
      hint: `hosts: ${hosts
        .views()
        .map((host) => host.id)
        .join(', ')}`,
    })
  return found
}
