import { display, type Host } from '#core'
import { vllmError } from '../errors.ts'
import type { Memory } from '../fit/read-memory.ts'
import type { Engine, EngineLook } from '../launch/engine.ts'
import { requireOwn } from '../launch/require-own.ts'
import { readServed } from '../read-served.ts'
import { footprintOf } from '../served.ts'
import { portOf } from '../services.ts'
import { gigabytes, list } from '../words.ts'
import type { JobContext } from './job-context.ts'

const GONE_WITHIN_MS = 60_000
/** A container started without --rm stays as "exited"; after this long its name is freed by hand. */
const REMOVE_AFTER_MS = 4_000
const PORT_FREE_WITHIN_MS = 30_000
const MEMORY_WITHIN_MS = 60_000
const POLL_MS = 1_000
/** Less than this is within what a machine's memory moves by itself. */
const LEAST_FOOTPRINT_BYTES = 2 ** 30

export interface StopReport {
  /** Machines a container was stopped on. */
  stopped: string[]
  /** Memory that came back, by host, where it could be measured. */
  freedBytes: Record<string, number>
  /** Machines whose memory did not come back as measured at load time. */
  withheld: string[]
}

/**
 * Stops the container on every machine and makes sure of it: its name is gone everywhere, nothing
 * answers on the port, the memory is back. Throws NOT_STOPPED for the first two.
 */
export async function stopEngine(context: JobContext, hosts: Host[]): Promise<StopReport> {
  const footprint = footprintOf(context.box)
  const outcomes = await Promise.all(hosts.map((host) => stopOn(context, host)))
  const stopped = outcomes.filter((outcome) => outcome.before.state !== 'absent')
  await waitForPort(context)
  context.box.set(null)
  context.box.kept.setLaunched({})
  const report: StopReport = {
    stopped: stopped.map(({ host }) => host.id),
    freedBytes: {},
    withheld: [],
  }
  await Promise.all(
    stopped.map(async ({ host, before }) => {
      // an engine that had died gave its memory back then
      if (before.state !== 'running' || before.engines.length === 0 || !before.memory) return
      const { freedBytes, isBack } = await waitForMemory(
        context,
        host,
        before.memory,
        footprint[host.id] ?? 0,
      )
      if (freedBytes > 0) report.freedBytes[host.id] = freedBytes
      if (!isBack) report.withheld.push(host.id)
    }),
  )
  const freed = Object.entries(report.freedBytes).map(
    ([id, bytes]) => `${gigabytes(bytes)} on ${id}`,
  )
  if (report.stopped.length > 0) context.job.line(`stopped on ${list(report.stopped)}`)
  if (freed.length > 0) context.job.line(`memory is back: ${list(freed)}`)
  return report
}

async function stopOn(
  { job, service, engine, signal }: JobContext,
  host: Host,
): Promise<{ host: Host; before: EngineLook }> {
  const runtime = host.spec.container_runtime
  const before = await engine.look(host, signal)
  if (before.state === 'absent') return { host, before }
  requireOwn(before, { engine, service: service.id, host: host.id })
  const stop = engine.stop(runtime)
  job.line(`${host.id}: ${display(stop)}`)
  const { code, stderr } = await host.exec(stop, {
    signal,
    timeoutMs: 60_000,
  })
  const said = code === 0 ? '' : stderr.trim()
  const since = service.clock.now()
  let isRemoved = false
  for (;;) {
    const look = await engine.look(host, signal)
    if (look.state === 'absent') return { host, before }
    const waitedMs = service.clock.now() - since
    if (waitedMs > GONE_WITHIN_MS) throw notStopped(host, engine, look, said)
    if (look.state === 'stopped' && !isRemoved && waitedMs >= REMOVE_AFTER_MS) {
      isRemoved = true
      const remove = engine.remove(runtime)
      const why = engine.isKept ? 'it is still there' : 'it was started without --rm'
      job.line(`${host.id}: ${display(remove)} (${why})`)
      await host.exec(remove, { signal })
    }
    await service.clock.sleep(POLL_MS, signal)
  }
}

function notStopped(host: Host, engine: Engine, look: EngineLook, said: string) {
  const runtime = host.spec.container_runtime
  const how = look.state === 'running' ? 'still runs' : 'is still there'
  return vllmError(
    'NOT_STOPPED',
    `not stopped: ${engine.name} ${how} on ${host.id}${said ? ` (${said})` : ''}`,
    {
      hint: `on ${host.id}: ${engine.byHand(runtime)}`,
    },
  )
}

/** The port must refuse: an engine outside the container would fight with the next one. */
async function waitForPort({ service, engine, signal }: JobContext): Promise<void> {
  const since = service.clock.now()
  for (;;) {
    const answering = await readServed(service.http(), signal)
    if (answering.state === 'refused') return
    if (service.clock.now() - since > PORT_FREE_WITHIN_MS) break
    await service.clock.sleep(POLL_MS, signal)
  }
  const port = portOf(service)
  throw vllmError(
    'NOT_STOPPED',
    `not stopped: something still answers on port ${port} of ${service.host.id}, outside ${engine.thing}`,
    { hint: `see what it is on ${service.host.id}: ss -ltnp "sport = :${port}"` },
  )
}

async function waitForMemory(
  { service, engine, signal }: JobContext,
  host: Host,
  before: Memory,
  expected: number,
): Promise<{ freedBytes: number; isBack: boolean }> {
  const since = service.clock.now()
  for (;;) {
    const { memory } = await engine.look(host, signal)
    const freedBytes = memory ? memory.availableBytes - before.availableBytes : 0
    const isBack = expected < LEAST_FOOTPRINT_BYTES || freedBytes >= expected / 2
    if (isBack || !memory) return { freedBytes, isBack: true }
    if (service.clock.now() - since > MEMORY_WITHIN_MS) return { freedBytes, isBack: false }
    await service.clock.sleep(POLL_MS, signal)
  }
}
