import { existsSync } from 'node:fs'
import { ControlError } from '../errors.ts'
import { authorizeLine } from '../hosts/authorize-line.ts'
import { keepKeyPair } from '../hosts/key-pair.ts'
import { fits } from '../http/validate.ts'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'
import { checkAddress } from './check-address.ts'
import {
  type DiscoverDeps,
  lookAtMachine,
  MachineRef,
  type MachineView,
} from './look-at-machine.ts'
import { writeTopology } from './write-topology.ts'

export interface DiscoverFlags {
  /** Trusts the keys the machines show, as if each had been compared. */
  trust: boolean
  /** File the topology is written to instead of being printed; never overwritten. */
  write?: string
}

/**
 * Looks at machines (`alice@192.168.1.101`, `:2222` for another port), says what was found of each, and
 * prints or writes a topology for them. False if one of them could not be looked into. Throws
 * BAD_REQUEST and TOPOLOGY_EXISTS.
 */
export async function discover(
  targets: readonly string[],
  flags: DiscoverFlags,
  deps: DiscoverDeps,
  out: { print(text: string): void; note(text: string): void },
): Promise<boolean> {
  const refs = targets.map(parseTarget)
  if (flags.write !== undefined && existsSync(flags.write))
    throw new ControlError('TOPOLOGY_EXISTS', `${flags.write} is there already`, {
      hint: 'name another file; nothing is overwritten',
    })
  const machines: MachineView[] = []
  for (const ref of refs) {
    let machine = await lookAtMachine(ref, deps)
    const shown = machine.host.host_key
    if (flags.trust && shown && shown.known === undefined)
      machine = await lookAtMachine(ref, deps, shown.offered)
    machines.push(machine)
    out.note(describe(machine, deps.dataDir))
  }
  const text = writeTopology(machines)
  if (flags.write === undefined) out.print(text)
  else {
    writeFileAtomicSync(flags.write, text)
    out.note(`written to ${flags.write}\n`)
  }
  return machines.every(({ host }) => host.state === 'ok')
}

function parseTarget(text: string): MachineRef {
  const [, user = '', address = '', port = '22'] =
    /^([^@\s]+)@([^@:\s]+)(?::(\d+))?$/.exec(text) ?? []
  const ref = { user, address, port: Number(port) }
  if (!fits(MachineRef, ref))
    throw new ControlError('BAD_REQUEST', `"${text}" names no machine`, {
      hint: 'write user@address, such as alice@192.168.1.101',
    })
  checkAddress(address)
  return ref
}

function describe(
  { user, address, host, services, containers, runtime_trouble }: MachineView,
  dataDir: string,
) {
  const lines = [
    `${user}@${address}: ${host.state === 'ok' ? 'reached' : (host.error?.message ?? host.state)}`,
  ]
  if (host.error?.hint) lines.push(`  ${host.error.hint}`)
  if (host.state === 'key_unknown') lines.push('  or say --trust, once you have compared it')
  if (host.state === 'denied')
    lines.push(`  or run there, as ${user}: ${authorizeLine(keepKeyPair(dataDir).publicKey)}`)
  if (runtime_trouble) lines.push(`  containers cannot be listed: ${runtime_trouble}`)
  if (containers.length > 0)
    lines.push(`  containers: ${containers.map(({ name }) => name).join(', ')}`)
  for (const { title, port } of services) lines.push(`  port ${port}: ${title}`)
  return `${lines.join('\n')}\n`
}
