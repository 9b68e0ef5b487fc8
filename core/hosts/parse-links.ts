import type { AddressFigures, LinkFigures } from './figures.ts'
import { numberOf } from './parse-number.ts'

/** A network interface with the addresses other machines can reach it by. */
export interface Link {
  name: string
  isUp: boolean
  /** Of the wire; null where it has none, or is down. */
  speedMbps: number | null
  addresses: AddressFigures[]
}

/** What `ip -j -d addr` prints, as far as it matters; without -d there is no linkinfo. */
interface Printed {
  ifname?: string
  operstate?: string
  linkinfo?: { info_kind?: string }
  addr_info?: { scope?: string; local?: string }[]
}

/**
 * Interfaces from `ip -j -d addr`, `ip -j addr` or `ip -o addr`, with their speeds as
 * /sys/class/net has them, one `name speed` a line. Loopback and link-local addresses are left out.
 */
export function parseLinks(text: string, speeds: string): Link[] {
  const speedOf = (name: string): number | null => {
    const [, speed] = new RegExp(`^${RegExp.escape(name)} (\\d+)$`, 'm').exec(speeds) ?? []
    return numberOf(speed)
  }
  const links = text.trimStart().startsWith('[') ? parseJson(text) : parseLines(text)
  return links.map((link) => ({ ...link, speedMbps: speedOf(link.name) }))
}

/** The link that has an address, or none has. */
export function parseFabric(links: readonly Link[], address: string): LinkFigures {
  const link = links.find(({ addresses }) => addresses.some((each) => each.address === address))
  if (!link) return { interface: null, is_up: false, speed_mbps: null }
  return { interface: link.name, is_up: link.isUp, speed_mbps: link.speedMbps }
}

type Found = Omit<Link, 'speedMbps'>

function parseJson(text: string): Found[] {
  let links: Printed[]
  try {
    links = JSON.parse(text) as Printed[]
  } catch {
    return [] // an ip that prints no JSON after all: addresses are shown, nothing depends on them
  }
  return links.flatMap(({ ifname: name, operstate, linkinfo, addr_info = [] }) => {
    if (name === undefined) return []
    const addresses = addr_info.flatMap(({ scope, local: address }) =>
      scope === 'global' && address ? [addressOf(name, address, linkinfo?.info_kind)] : [],
    )
    // Tunnels have no wire to look at and say UNKNOWN.
    return { name, isUp: operstate !== 'DOWN' && operstate !== 'LOWERLAYERDOWN', addresses }
  })
}

/** busybox has no -j: `2: eth0    inet 192.0.2.7/24 brd … scope global eth0`. */
function parseLines(text: string): Found[] {
  const lines = text.matchAll(/^\d+:\s+(\S+)\s+inet6?\s+([^\s/]+).*\sscope global\b/gm)
  const links = new Map<string, Found>()
  for (const [, name = '', address = ''] of lines) {
    const link = links.get(name) ?? { name, isUp: true, addresses: [] }
    link.addresses.push(addressOf(name, address, undefined))
    links.set(name, link)
  }
  return [...links.values()]
}

function addressOf(name: string, address: string, linkKind: string | undefined): AddressFigures {
  const vpn = vpnOf(name, linkKind)
  return { interface: name, address, ...(vpn && { vpn }) }
}

/** WireGuard's links are of a kind of their own; Tailscale's is a tun that goes by its name. */
function vpnOf(name: string, linkKind: string | undefined): AddressFigures['vpn'] {
  if (/^tailscale\d+$/.test(name)) return 'Tailscale'
  if (linkKind === 'wireguard' || (linkKind === undefined && /^wg\d+$/.test(name)))
    return 'WireGuard'
  return undefined
}
