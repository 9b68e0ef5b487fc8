import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createAccess } from './access/access.ts'
import { createSessions } from './access/sessions.ts'
import { buildGeneration, type Generation } from './http/generation.ts'
import { createHeldRequests } from './http/held-requests.ts'
import { listenOn } from './http/listen.ts'
import { doorMounts, missingPath, serviceMounts } from './http/mounts.ts'
import { routeSources } from './http/route-sources.ts'
import { createHttpServer } from './http/server.ts'
import { frontDoor } from './http/v1.ts'
import { createIdempotency } from './jobs/idempotency.ts'
import type { Clock } from './plugin.ts'
import { sendPage } from './routes/dashboard.ts'
import { coreMounts, mountStreams } from './routes/index.ts'
import type { SandboxLink } from './sandbox-link.ts'
import { type Access, createGuard } from './security/guard.ts'
import { type Surroundings, within } from './security/surroundings.ts'
import { spareFor } from './sparingly.ts'
import { type Database, openDatabase } from './store/database.ts'
import { createKeyValue } from './store/key-value.ts'
import { watchFile } from './topology/watch.ts'
import { openTopologyFile } from './topology-file.ts'
import { VERSION } from './version.ts'
import type { ControllerView } from './views.ts'
import { wire } from './wiring.ts'

export interface ControllerOptions {
  /** topology.yaml of the cluster. */
  file: string
  /** Database, keys, known hosts, recipe overrides. */
  dataDir: string
  clock: Clock
  log: Logger
  /** Instead of listen.port and listen.host. */
  port?: number
  host?: string
  /** Names and proxies that count beside those of the topology; default: none. */
  surroundings?: Surroundings
  /** The database of dataDir, if it is open already; closed with the controller. */
  db?: Database
  /** Where a topology of the owner's would be kept, and the keys for it; default: dataDir. */
  ownDataDir?: string
  /** Given when the cluster is simulated; closed with the controller. */
  sandbox?: SandboxLink
}

export interface Controller {
  /** Where the dashboard is. */
  readonly url: string
  view(): ControllerView
  /** Reads the topology again; resolves when it is in force, or refused. */
  reload(): Promise<void>
  /** Lets go of everything. Jobs stay where they are and are taken up by the next controller. */
  close(): Promise<void>
}

const NO_ACCESS = { hosts: [], trusted_origins: [], trusted_proxies: [] }

/**
 * Puts the core together and serves it. Throws STORE_* or LISTEN_FAILED, and then has let go of
 * everything it was given.
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const { file, dataDir, clock, log, sandbox } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const db = options.db ?? openDatabase(join(dataDir, 'state.db'))
  const topologyFile = openTopologyFile({ file, dataDir, clock, log })
  await topologyFile.read()
  const parts = wire(options, db, topologyFile, (service) => {
    if (parts.registry.pending().has(service)) apply().catch(complain)
  })
  const { registry, hosts, jobs, events, prober, webhooks, coordination, audit } = parts
  const sources = routeSources(parts, topologyFile, options)
  const { once } = createIdempotency({ db, clock })
  const held = createHeldRequests(clock)
  const sessions = createSessions(createKeyValue(db, 'sessions'), clock)
  let access = createAccess([], sessions)
  const guardFor = (rules: Access) =>
    createGuard(within(rules, options.surroundings ?? NO_ACCESS), { hostname: hostname() })
  let guard = guardFor(NO_ACCESS)
  let generation: Generation
  let turn: Promise<unknown> = Promise.resolve()
  const complain = (err: unknown): void =>
    log.error({ err }, 'topology could not be put in force wholly')

  /** Moves hosts, services and routes to the topology in force. One at a time, in order. */
  const apply = (): Promise<void> => {
    const done = turn.then(async () => {
      const inForce = topologyFile.inForce()
      const kinds = inForce?.catalog.kinds ?? new Map()
      if (inForce) {
        access = createAccess(inForce.topology.access.tokens, sessions)
        guard = guardFor(inForce.topology.access)
        hosts.update(inForce.topology.hosts)
        webhooks.update(inForce.topology.webhooks, inForce.topology.cluster)
        spareFor(Object.keys(inForce.topology.services).length)
        await registry.apply(inForce.topology, kinds)
      }
      const own = [...coreMounts(sources, () => access), frontDoor(registry, held)]
      generation = await buildGeneration({
        mounts: [...own, ...serviceMounts(registry), ...doorMounts(registry)],
        deps: { once, arbitrate: coordination.leases.arbitrate, record: audit.record },
        access,
        log,
        version: VERSION,
        extra: (app) => mountStreams(app, sources, [...kinds.values()]),
        fallback: sendPage,
        missing: (path) => missingPath(registry, path),
      })
    })
    // One that failed does not stop those after it.
    turn = done.catch(() => {})
    return done
  }
  const reread = async (): Promise<void> => {
    try {
      if (await topologyFile.read()) await apply()
    } catch (err) {
      complain(err)
    }
    parts.publishController()
  }

  const server = createHttpServer({
    guard: () => guard,
    headers: sandbox ? { 'x-spark-control-simulated': 'true' } : {},
    handle: (req, res) => generation.handle(req, res),
    count: parts.meters.request,
  })
  let stopWatching = async () => {}
  const close = async (): Promise<void> => {
    await stopWatching()
    jobs.stop()
    coordination.leases.stop()
    server.close()
    events.close()
    server.closeAllConnections()
    await turn
    await registry.close()
    prober.close()
    parts.connectivity.close()
    parts.containers.close()
    await hosts.close()
    await webhooks.close()
    await sandbox?.close()
    db.close()
  }
  try {
    await apply()
    const listen = topologyFile.inForce()?.topology.listen ?? { host: '127.0.0.1', port: 9999 }
    const url = await listenOn(server, options.host ?? listen.host, options.port ?? listen.port)
    jobs.resume()
    const watch = watchFile({ file, clock, onText: reread, onError: reread })
    stopWatching = () => watch.stop()
    return { url, view: parts.controllerView, reload: () => watch.reload(), close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
