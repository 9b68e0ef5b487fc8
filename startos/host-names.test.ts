import { expect, it } from 'vitest'
import { hostNames, type NamedHost } from './host-names.ts'

const under = (...hostnames: [kind: string, hostname: string][]): NamedHost => ({
  bindings: {
    9999: {
      interfaces: {
        ui: {
          addressInfo: {
            hostnames: hostnames.map(([kind, hostname]) => ({
              hostname,
              metadata: { kind } as { kind: 'mdns'; gateways: [] },
            })),
          },
        },
      },
    },
  },
})

it('are each name once, in order, so that the same names never restart the service', () => {
  const one = under(['mdns', 'b.local'], ['public-domain', 'A.example'], ['mdns', 'b.local'])
  const other = under(['public-domain', 'a.example'], ['mdns', 'B.local'])
  expect(hostNames(one)).toEqual(['a.example', 'b.local'])
  expect(hostNames(other)).toEqual(hostNames(one))
})

it('are no addresses, which always count', () => {
  expect(
    hostNames(under(['ipv4', '10.0.0.1'], ['ipv6', 'fd00::1'], ['plugin', 'x.onion'])),
  ).toEqual(['x.onion'])
})

it('are none the controller would refuse to start with', () => {
  expect(
    hostNames(under(['plugin', 'a b'], ['plugin', 'x:1'], ['plugin', ''], ['plugin', 'a,b'])),
  ).toEqual([])
})

it('are none before the interface is there', () => {
  expect(hostNames(null)).toEqual([])
  expect(hostNames({ bindings: {} })).toEqual([])
})
