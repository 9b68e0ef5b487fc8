import { cutLine, type Running, type Service } from '#core'
import type { api } from './api.ts'
import { demandOf } from './demand/open-demand.ts'
import { launchSettings } from './launch/launch-settings.ts'
import { meterOf } from './metrics/meter.ts'
import { activeJob, isForeign, probeEngine } from './probe.ts'
import { servedBy } from './served.ts'
import { engineFor } from './services.ts'
import { nodesOf, type Settings } from './settings.ts'
import { unloadHandler } from './swap/swap-handlers.ts'
import type { CardView } from './views.ts'

/** Starts one service: its probe, its card, its unload button, its log. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const box = servedBy(service)
  return {
    handlers: {
      'GET /card': () => ({ status: 200, value: cardOf(service) }),
      'POST /unload': { ...unloadHandler(() => service) },
    },
    probe: (signal) => probeEngine(service, signal),
    models: () => box.get()?.models ?? [],
    images: () => imagesOf(service),
    metrics: () => meterOf(service).families(),
    ...(service.settings.manage && { logs: (options) => followEngine(service, options) }),
  }
}

/** The image its engines start from, on every machine a model may span. */
function imagesOf({ id, settings, host }: Service<Settings>) {
  const { launcher, image } = launchSettings(settings, id)
  // one that is watched only was started by somebody else, from what we do not know
  if (launcher === 'command' || !settings.manage) return []
  return [{ image, hosts: nodesOf(settings, host.id) }]
}

/** What the tile shows. */
export function cardOf(service: Service<Settings>): CardView {
  const box = servedBy(service)
  const served = box.get()
  const check = box.kept.selfCheck()
  const { settings } = service
  const how = launchSettings(settings, service.id)
  return {
    service: service.id,
    manage: settings.manage,
    nodes: settings.manage ? nodesOf(settings, service.host.id) : (settings.nodes ?? []),
    launcher: how.launcher,
    container: how.launcher === 'command' ? null : how.container,
    served: served?.models ?? [],
    since: served?.since ?? null,
    seen_at: served?.seenAt ?? null,
    is_foreign: isForeign(box),
    max_model_len: served?.maxModelLen ?? null,
    self_check: check && served?.models.includes(check.model) ? check : null,
    job: activeJob(service)?.id ?? null,
    demand: demandOf(service),
  }
}

/** Most lines waiting for a slow reader; beyond it the oldest are dropped. */
const MAX_WAITING_LINES = 10_000

async function* followEngine(
  service: Service<Settings>,
  { signal, tail }: { signal: AbortSignal; tail: number },
): AsyncIterable<string> {
  const { host } = service
  const waiting: string[] = []
  let wake: () => void = () => undefined
  let isOver = false
  const run = host
    .exec(engineFor(service).follow(host.spec.container_runtime, tail), {
      signal,
      timeoutMs: null,
      maxOutputBytes: 64 * 1024,
      onLine: (line) => {
        if (waiting.length >= MAX_WAITING_LINES) waiting.shift()
        waiting.push(cutLine(line))
        wake()
      },
    })
    .finally(() => {
      isOver = true
      wake()
    })
  // a rejection is thrown below, when its turn has come
  run.catch(() => undefined)
  while (true) {
    const line = waiting.shift()
    if (line !== undefined) yield line
    else if (isOver) break
    else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  if (!signal.aborted) await run
}
