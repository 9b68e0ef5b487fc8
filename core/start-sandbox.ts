import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  FAULTS,
  type Fault,
  type HostFaults,
  type SpawnedSandbox,
  spawnSandbox,
} from '../sandbox/index.ts'
import { type Controller, type ControllerOptions, createController } from './controller.ts'
import { ControlError } from './errors.ts'
import { keepKeyPair } from './hosts/key-pair.ts'
import { KnownHosts } from './hosts/known-hosts.ts'
import type { SandboxLink } from './sandbox-link.ts'
import { openDatabase } from './store/database.ts'

/**
 * Starts a controller on the simulated cluster. All it keeps lies in `<data>/sandbox/controller`,
 * apart from what a real topology will use later; only the SSH key is the same.
 */
export async function startOnSandbox(
  options: Omit<ControllerOptions, 'file' | 'sandbox' | 'db'>,
): Promise<Controller> {
  const { publicKey } = keepKeyPair(options.dataDir)
  const dataDir = join(options.dataDir, 'sandbox', 'controller')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  cpSync(join(options.dataDir, 'ssh', 'id_ed25519'), join(dataDir, 'ssh', 'id_ed25519'))
  const file = join(dataDir, 'topology.yaml')
  // First of all: whoever holds it has a sandbox there, which is not ours to adopt or to end.
  const db = openDatabase(join(dataDir, 'state.db'))
  let sandbox: SpawnedSandbox | undefined
  try {
    sandbox = await spawnSandbox({
      dataDir: options.dataDir,
      authorizedKeys: [publicKey],
      speed: Number(process.env.SPARK_CONTROL_SANDBOX_SPEED ?? 1),
    })
    // Its keys are known beforehand: both ends are ours.
    const knownHosts = new KnownHosts(join(dataDir, 'ssh', 'known_hosts'))
    for (const { address, sshPort, hostKey } of sandbox.hosts)
      knownHosts.trust(address, sshPort, Buffer.from(hostKey.split(' ')[1] ?? '', 'base64'))
    writeFileSync(file, sandbox.topologyYaml)
  } catch (error) {
    await sandbox?.close()
    db.close()
    throw error
  }
  try {
    const kept = { dataDir, ownDataDir: options.dataDir, file, db }
    return await createController({ ...options, ...kept, sandbox: linkTo(sandbox) })
  } catch (error) {
    // it may have failed before it took the sandbox over
    await sandbox.close()
    throw error
  }
}

/** The fault switches of a sandbox, each on the host it is meant for; default: the first. */
function linkTo(sandbox: SpawnedSandbox): SandboxLink {
  const first = sandbox.hosts[0]?.id ?? ''
  const call = async (
    path: string,
    method = 'GET',
    body?: unknown,
  ): Promise<Record<string, HostFaults>> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const reply = await fetch(sandbox.controlUrl + path, init)
    if (!reply.ok) throw new ControlError('UPSTREAM_FAILED', `the sandbox said ${reply.status}`)
    const { faults } = (await reply.json()) as { faults: Record<string, HostFaults> }
    return faults
  }
  const isActive = (now: Record<string, HostFaults>, { put, host = first }: Fault) =>
    Object.entries(put).every(([key, value]) => now[host]?.[key as keyof HostFaults] === value)
  return {
    async faults() {
      const now = await call('/faults')
      return FAULTS.map((fault) => {
        const { id, label, explanation } = fault
        return { id, label, explanation, active: isActive(now, fault) }
      })
    },
    async setFault(id) {
      const fault = FAULTS.find((candidate) => candidate.id === id)
      if (!fault)
        throw new ControlError('NOT_FOUND', `no fault "${id}"`, {
          hint: `faults: ${FAULTS.map((each) => each.id).join(', ')}`,
        })
      const { put, host = first } = fault
      await call(`/faults/${host}`, 'PUT', { ...(await call('/faults'))[host], ...put })
    },
    async clearFaults() {
      await call('/faults', 'DELETE')
    },
    close: () => sandbox.close(),
  }
}
