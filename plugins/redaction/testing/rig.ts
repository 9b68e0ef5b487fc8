import { Readable } from 'node:stream'
import { type AuditNote, type Call, type Kind, type Service, type Upstream, Value } from '#core'
import type { RehydrateRequest, ScrubReply, ScrubRequest } from '../api.ts'
import type { Detector } from '../detect/index.ts'
import { openDoor } from '../door.ts'
import { engineOf } from '../engine.ts'
import { startService } from '../running.ts'
import { Settings } from '../settings.ts'
import type { Scrubber } from '../threads/job.ts'
import { fakeDetector } from './fake-detector.ts'
import { inlineScrubber } from './inline-scrubber.ts'
import { memoryFile, memoryStore } from './memory.ts'

export interface RigOptions {
  settings?: Partial<Settings>
  /** `real`: the detector of the service itself, in threads. */
  detector?: Detector | 'real'
  scrubber?: Scrubber
  upstream?: Upstream
  /** The server of another service, by its id. */
  peers?: Record<string, Pick<Upstream, 'admit' | 'request'>>
}

/** A service of the kind over a store in memory, with everything it logs and notes. */
export function createRig({
  settings,
  detector = fakeDetector(),
  scrubber,
  upstream,
  peers,
}: RigOptions = {}) {
  const abort = new AbortController()
  const store = memoryStore()
  const keyFile = memoryFile()
  const clock = standingClock()
  const logged: string[] = []
  const notes: AuditNote[] = []
  const write = (...parts: unknown[]) => void logged.push(JSON.stringify(parts))
  const log = { error: write, warn: write, info: write, debug: write }
  const start = () => {
    const service = {
      ...{ id: 'redaction', kind: 'redaction', store, clock, log, signal: abort.signal },
      settings: Value.Default(Settings, structuredClone(settings ?? {})) as Settings,
      secretFile: () => keyFile,
      audit: (note: AuditNote) => void notes.push(note),
      http: () => upstream,
      peer: (id: string) => peers?.[id] && { id, kind: 'vllm', upstream: peers[id] },
    } as unknown as Service<Settings>
    const inline = detector === 'real' ? undefined : inlineScrubber(detector, log)
    const engine = engineOf(service, scrubber ?? inline)
    const kind = { kind: 'redaction', pick: () => service, services: () => [service] }
    const { handlers } = openDoor(kind as unknown as Kind<Settings>)
    return { service, engine, handlers, running: startService(service) }
  }
  let live = start()
  const callOf = (more: object, token?: string) =>
    ({
      ...{ params: {}, query: {}, signal: abort.signal },
      caller: { address: '192.168.1.20', ...(token !== undefined && { token }) },
      ...more,
    }) as unknown as Call
  return {
    ...{ store, keyFile, clock, logged, notes },
    get engine() {
      return live.engine
    },
    get running() {
      return live.running
    },
    /** As after a restart of the controller. */
    restart() {
      live = start()
    },
    stop: () => abort.abort(),
    async scrub(body: ScrubRequest, token?: string): Promise<ScrubReply> {
      const { value } = await live.handlers['POST /scrub'](callOf({ body }, token) as never)
      return value as ScrubReply
    },
    async rehydrate(body: RehydrateRequest, token?: string) {
      const { value } = await live.handlers['POST /rehydrate'](callOf({ body }, token) as never)
      return value as { text?: string; json?: unknown } & Record<
        'exact' | 'tolerant' | 'unresolved',
        number
      >
    },
    async forget(handle: string, token?: string) {
      const call = callOf({ params: { handle } }, token)
      return (await live.handlers['DELETE /scrub/:handle'](call as never)).value
    },
    /** The whole answer to a stream that comes in these chunks. */
    async stream(chunks: Uint8Array[], headers: Record<string, string>, query = {}) {
      const call = callOf({ stream: Readable.from(chunks), headers, query })
      const answer = await live.handlers['POST /rehydrate/stream'](call as never)
      const parts: Uint8Array[] = []
      for await (const part of answer.body) parts.push(part)
      return Buffer.concat(parts).toString()
    },
  }
}

/** Stands still until it is set; who sleeps wakes then, or when its signal says so. */
function standingClock() {
  let nowMs = Date.UTC(2026, 0, 1, 12)
  const sleepers = new Set<{ untilMs: number; wake: () => void }>()
  return {
    now: () => nowMs,
    set(ms: number) {
      nowMs = ms
      for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs) sleeper.wake()
    },
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      }),
  }
}

export type Rig = ReturnType<typeof createRig>

/** What a refusal says, whole. */
export async function refusalOf(work: Promise<unknown>) {
  try {
    await work
  } catch (thrown) {
    const { code, status, message, hint, details, cause } = thrown as Record<string, unknown>
    return { code, status, told: JSON.stringify({ message, hint, details, cause: String(cause) }) }
  }
  throw new Error('it was let out')
}
