import { stringify } from 'yaml'
import type { MachineView } from './look-at-machine.ts'

/** What is written of a machine. */
export type Machine = Pick<
  MachineView,
  'address' | 'user' | 'port' | 'host' | 'container_runtime' | 'services'
>

/**
 * A topology.yaml for machines as they were found, with comments that say what was seen and what to
 * look at. Whether the network may open the dashboard is left to the owner.
 */
export function writeTopology(machines: readonly Machine[]): string {
  const ids = nameMachines(machines)
  const hosts = machines.map((machine, n) => writeHost(ids[n] ?? '', machine)).join('\n')
  return `# yaml-language-server: $schema=./topology.schema.json
# Written from what was found. Look it over, then:  spark-control check topology.yaml
cluster: my-cluster

# 127.0.0.1: only this machine can open the dashboard. 0.0.0.0: your whole network can.
listen: { host: 127.0.0.1, port: 9999 }

hosts:
${hosts}
${writeServices(machines, ids)}`
}

/** The name a machine gives itself where it can be an id, else host-1, host-2 … by its place. */
function nameMachines(machines: readonly Machine[]): string[] {
  const taken = new Set<string>()
  return machines.map(({ host }, n) => {
    let name = host.figures?.hostname.toLowerCase() ?? ''
    for (let at = n + 1; !ID.test(name) || taken.has(name); at++) name = `host-${at}`
    taken.add(name)
    return name
  })
}

const ID = /^[a-z][a-z0-9-]{0,62}$/

function writeHost(id: string, machine: Machine): string {
  const { figures } = machine.host
  const lines = [
    `  ${id}:`,
    ...comments(machine).map((text) => `    # ${text}`),
    `    address: ${scalar(machine.address)}`,
    `    user: ${scalar(machine.user)}`,
    ...(machine.port === 22 ? [] : [`    ssh: { port: ${machine.port} }`]),
    ...(machine.container_runtime === 'podman' ? ['    container_runtime: podman'] : []),
    ...(figures?.memory?.is_unified ? ['    memory: unified'] : []),
    ...fabricLines(machine),
  ]
  return `${lines.join('\n')}\n`
}

function comments({ host }: Machine): string[] {
  const { figures } = host
  if (!figures) return [`It was not looked into: ${oneLine(host.error?.message ?? host.state)}`]
  const gpus = figures.gpus.map(({ name }) => name).join(', ') || 'no GPU'
  const memory = figures.memory ? `${Math.round(figures.memory.total_bytes / 1e9)} GB memory` : ''
  return [[gpus, memory, figures.kernel ?? ''].filter(Boolean).map(oneLine).join(' · ')]
}

/** Addresses besides the one it is reached by: one of them may be the fast link. */
function fabricLines({ address, host }: Machine): string[] {
  const others = host.figures?.addresses.filter(
    (each) => each.address !== address && each.vpn === undefined && /^[\d.]+$/.test(each.address),
  )
  return (others ?? []).map(
    (each) => `    # fabric: ${each.address}    # if ${oneLine(each.interface)} is the fast link`,
  )
}

function writeServices(machines: readonly Machine[], ids: readonly string[]): string {
  const all = machines.flatMap(({ services }, n) =>
    services.map((service) => ({ ...service, host: ids[n] ?? '' })),
  )
  if (all.length === 0)
    return `# No server was recognised. An entry looks like this:
#   llm: { kind: vllm, host: ${ids[0] ?? 'spark-1'}, port: 8888 }
services: {}
`
  const taken = new Map<string, number>()
  const entries = all.map(({ kind, title, host, port, keys }) => {
    const count = (taken.get(kind) ?? 0) + 1
    taken.set(kind, count)
    const id = count === 1 ? kind : `${kind}-${count}`
    const entry = { [id]: { kind, host, port, ...keys } }
    return `  # ${title}, answers on port ${port} of ${host}\n${indent(stringify(entry))}`
  })
  return `services:\n${entries.join('\n')}`
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ')

const scalar = (text: string): string => stringify(text).trim()

/** What a machine says of itself must not end a comment. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 200)
