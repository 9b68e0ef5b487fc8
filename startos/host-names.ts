import type { T } from '@start9labs/start-sdk'
import { UI_INTERFACE, UI_PORT } from './facts.ts'

/** What is read of a host as `sdk.host.getOwn` gives it. */
export interface NamedHost {
  bindings: {
    [port: number]: {
      interfaces: {
        [id: string]: {
          addressInfo: { hostnames: Pick<T.HostnameInfo, 'hostname' | 'metadata'>[] }
        }
      }
    }
  }
}

/**
 * The names the dashboard is opened under, in order: StartOS hands the Host header through as the
 * browser sent it, and the controller answers to names it knows alone. Addresses always count.
 */
export function hostNames(host: NamedHost | null): string[] {
  const found = host?.bindings[UI_PORT]?.interfaces[UI_INTERFACE]?.addressInfo.hostnames ?? []
  const names = found
    .filter(({ metadata: { kind } }) => kind !== 'ipv4' && kind !== 'ipv6')
    .map(({ hostname }) => hostname.toLowerCase())
    // A name the controller would not take must not keep it from starting.
    .filter((name) => /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(name))
  return [...new Set(names)].sort()
}
