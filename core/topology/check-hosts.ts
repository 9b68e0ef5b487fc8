import { isIP } from 'node:net'
import { addressKind, isAddressOrRange, whyNotUpstream } from './address.ts'
import type { Mistake } from './mistakes.ts'
import { type Pointer, under } from './pointer.ts'
import { type Reading, shown } from './reading.ts'
import type { HostKeys, Root } from './schema.ts'

/** Checks the addresses of one host. */
export function checkHost(host: HostKeys, at: Pointer, reading: Reading): void {
  const { mistakes } = reading
  if (host.address === undefined && !host.local)
    mistakes.add({
      at: under(at, 'address'),
      code: 'KEY_MISSING',
      message: 'is missing; expected the IP address of the machine',
      hint: 'or local: true, if the controller runs on it',
      missing: [under(at, 'address')],
    })
  if (host.address !== undefined) checkAddress(host.address, under(at, 'address'), reading)
  if (host.fabric !== undefined) checkFabric(host.fabric, under(at, 'fabric'), reading)
}

/** Checks an address that connections go to: private, and better a number than a name. */
export function checkAddress(address: string, at: Pointer, reading: Reading): void {
  const mistake = judgeAddress(address, at, shown(reading, at, address))
  if (mistake) reading.mistakes.add(mistake)
}

/** Checks where the controller listens and whom it trusts, as far as the root has these keys. */
export function checkAccess({ listen, access }: Partial<Root>, reading: Reading): void {
  const host = listen?.host
  if (typeof host === 'string' && isIP(host) === 0 && host !== 'localhost')
    reading.mistakes.add({
      at: '/listen/host',
      code: 'ADDRESS_INVALID',
      message: `is ${shown(reading, '/listen/host', host)}, which is not an IP address`,
      hint: 'write 0.0.0.0 for every address of this machine, 127.0.0.1 for itself only',
    })
  checkTokens(access?.tokens, reading)
  const proxies: unknown = access?.trusted_proxies
  for (const [index, proxy] of Array.isArray(proxies) ? proxies.entries() : []) {
    const at = under('/access/trusted_proxies', index)
    if (typeof proxy !== 'string' || isAddressOrRange(proxy)) continue
    reading.mistakes.add({
      at,
      code: 'ADDRESS_INVALID',
      message: `is ${shown(reading, at, proxy)}; expected an IP address or a range such as 10.0.0.0/8`,
    })
  }
}

/** Two tokens of one name could not be told apart where something was done. */
function checkTokens(tokens: unknown, { mistakes }: Reading): void {
  const names = new Set<unknown>()
  for (const [index, token] of Array.isArray(tokens) ? tokens.entries() : []) {
    const name: unknown = token?.name
    if (typeof name === 'string' && names.has(name))
      mistakes.add({
        at: under('/access/tokens', index, 'name'),
        code: 'NAME_TWICE',
        message: `is "${name.slice(0, 60)}", as that of another token`,
        hint: 'give one of the two another name',
      })
    names.add(name)
  }
}

function judgeAddress(address: string, at: Pointer, words: string): Mistake | undefined {
  const why = whyNotUpstream(address)
  const kind = addressKind(address)
  if (why !== undefined)
    return {
      at,
      code: kind === 'invalid' ? 'ADDRESS_INVALID' : 'ADDRESS_PUBLIC',
      message: `is ${words}, which ${why}`,
      ...hintFor(address, kind === 'invalid'),
    }
  if (kind !== 'name') return undefined
  return {
    at,
    code: 'ADDRESS_NAME',
    severity: 'warning',
    message: `is the name ${words}; a name can resolve to IPv6 first and hang, .local ones often do`,
    hint: 'write the IPv4 address',
  }
}

function hintFor(address: string, isInvalid: boolean): { hint: string } {
  if (!isInvalid) return { hint: 'reach the machine over the LAN or a VPN and write that address' }
  if (/^https?:/.test(address)) return { hint: 'write the address only, without http://' }
  if (/^[^:]+:\d+$/.test(address)) return { hint: 'write the port as a key of its own' }
  return { hint: 'write an address such as 192.168.1.101' }
}

function checkFabric(address: string, at: Pointer, reading: Reading): void {
  const kind = addressKind(address)
  if (kind === 'private' || kind === 'link-local') return
  reading.mistakes.add({
    at,
    code: kind === 'public' ? 'ADDRESS_PUBLIC' : 'ADDRESS_INVALID',
    message: `is ${shown(reading, at, address)}; expected a private IP address`,
    hint: 'write the address of the fast interface, such as 192.168.100.11 or 169.254.1.11',
  })
}
