import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import type { StartFlags } from './cli.ts'
import { systemClock } from './clock.ts'
import { type Controller, createController } from './controller.ts'
import { ControlError } from './errors.ts'
import { authorizeLine } from './hosts/authorize-line.ts'
import { formatDiagnostics } from './topology/format.ts'
import { LAST_GOOD_FILE } from './topology/last-good.ts'

/**
 * Starts the controller for a topology file, or on the sandbox where no topology was ever given,
 * and ends it on SIGINT or SIGTERM. SIGHUP reads the topology again.
 */
export async function start(flags: StartFlags & { topology?: string }): Promise<void> {
  const dataDir = openDataDir(flags.data)
  if (flags.topology !== undefined) checkTopology(flags.topology, dataDir)
  const log = pino({ level: process.env.LOG_LEVEL ?? 'warn' }, pino.destination(2))
  const file = flags.topology ?? findTopology(dataDir)
  const common = {
    dataDir,
    log,
    clock: systemClock,
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.host !== undefined && { host: flags.host }),
    surroundings: { hosts: flags.allowHost ?? [], trusted_proxies: flags.trustProxy ?? [] },
  }
  const controller = file
    ? await createController({ ...common, file })
    : await (await import('./start-sandbox.ts')).startOnSandbox(common)
  endOnSignals(controller)
  process.stdout.write(greeting(controller))
}

/** The folder, made if need be and tried out: better one sentence now than an error at the first write. */
function openDataDir(folder: string): string {
  const dataDir = resolve(folder)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK | constants.X_OK)
    return dataDir
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const isFile = code === 'EEXIST' || code === 'ENOTDIR'
    throw new ControlError(
      'STORE_UNUSABLE',
      `state cannot be kept in ${dataDir}: ${isFile ? 'it is no folder' : message}`,
      { hint: 'name a folder this user may write to with --data DIR', cause },
    )
  }
}

/** A mistyped file or command is told at once; a file that went away leaves its last good copy. */
function checkTopology(file: string, dataDir: string): void {
  if (existsSync(file) || existsSync(join(dataDir, LAST_GOOD_FILE))) return
  throw new ControlError('FILE_UNREADABLE', `there is no such file: ${file}`, {
    hint: '`npx spark-control example > topology.yaml` writes one to edit; or see --help',
  })
}

/** A topology that was given before counts; only a controller that never had one plays. */
function findTopology(dataDir: string): string | undefined {
  const beside = resolve('topology.yaml')
  const kept = join(dataDir, 'topology.yaml')
  if (existsSync(beside)) return beside
  if (existsSync(kept) || existsSync(join(dataDir, LAST_GOOD_FILE))) return kept
  return undefined
}

function endOnSignals(controller: Controller): void {
  let isEnding = false
  const end = async (): Promise<void> => {
    if (isEnding) process.exit(1)
    isEnding = true
    await controller.close()
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  process.on('SIGHUP', () => void controller.reload())
}

function greeting({ url, view }: Controller): string {
  const { topology, cluster, is_simulated, ssh_public_key } = view()
  const lines = [`Spark Control is up: ${url}`]
  if (is_simulated)
    lines.push(
      'No topology yet, so this is a simulated cluster: look around, swap a model, break things.',
      'For your own machines: npx spark-control example > topology.yaml, edit it, start again.',
    )
  else if (topology.state === 'current') lines.push(`Cluster ${cluster} from ${topology.file}`)
  else
    lines.push(
      topology.state === 'last_good'
        ? `${topology.file} has mistakes: the last good copy is in force.`
        : `${topology.file} has mistakes: only the diagnosis is served.`,
    )
  if (!is_simulated && topology.state !== 'none')
    lines.push('To let it in by SSH, run once on each host:', `  ${authorizeLine(ssh_public_key)}`)
  return `${lines.join('\n')}\n${formatDiagnostics(topology.diagnostics)}`
}
