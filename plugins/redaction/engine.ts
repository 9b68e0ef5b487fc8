import { ControlError, durationMs, type MetricFamily, type Service } from '#core'
import { compilePatterns } from './detect/lists.ts'
import { type Asker, createLocalModel, type LocalModel } from './model/local-model.ts'
import { Refused } from './refused.ts'
import type { Known } from './rehydrate/restorer.ts'
import type { Scrubbed } from './scrub/input.ts'
import type { Leaf } from './scrub/leaf.ts'
import { hasBinary, plainDocument } from './scrub/mask-leaves.ts'
import { placesOf } from './scrub/places-of.ts'
import { asRefusal, refuse } from './scrub/refusal.ts'
import type { Mode, Settings } from './settings.ts'
import { createTally, type Tally } from './tally.ts'
import type { Scrubber, ScrubJob } from './threads/job.ts'
import { createPool } from './threads/pool.ts'
import { createSession, type Session } from './vault/session.ts'
import { createTurns } from './vault/turns.ts'
import { createVault, type Vault } from './vault/vault.ts'

/** What a caller may say of a scrub; the rest is the service's. */
export interface ScrubOptions {
  mode?: Mode
  regions?: readonly string[]
  deny?: readonly string[]
  allow?: readonly string[]
  /** Instead of the setting of the service. */
  binary?: Settings['binary']
  /** The values are needed for this request alone; nothing of them is kept. */
  isPassing?: true
}

/** One service at work: its vault, its detector, what it has counted. */
export interface Engine {
  readonly vault: Vault
  readonly tally: Tally
  /**
   * Scrubs leaves under a session, one request of a session at a time, and keeps the new values before
   * it answers; `known` restores them. Throws a refusal that quotes nothing.
   */
  scrub(
    leaves: () => readonly Leaf[],
    session: { handle?: string; owner: string | null; asker: Asker },
    options: ScrubOptions,
  ): Promise<Scrubbed & { session: Session; known: Known; isWithoutModel: boolean }>
  metrics(): readonly MetricFamily[]
}

const engines = new WeakMap<object, Engine>()

/** The engine of a service; its routes and its probe share it. Its threads end with the service. */
export function engineOf(service: Service<Settings>, scrubber?: Scrubber): Engine {
  const before = engines.get(service)
  if (before) return before
  const engine = createEngine(service, scrubber ?? threadsOf(service))
  engines.set(service, engine)
  return engine
}

function threadsOf({ settings, log, signal }: Service<Settings>): Scrubber {
  const { regions, deny, allow, patterns } = settings
  // one that cannot be compiled is told at the start, not with the first text
  compilePatterns(patterns)
  return createPool({ detector: { regions, deny, allow, patterns }, log, signal })
}

function createEngine(service: Service<Settings>, scrubber: Scrubber): Engine {
  const { settings, store, clock, log } = service
  const vault = createVault({
    ...{ store, clock, keyFile: service.secretFile('key') },
    ttlMs: durationMs(settings.ttl),
  })
  const tally = createTally()
  const turns = createTurns()
  const model = settings.model && createLocalModel(service, settings.model, tally)
  const scrub: Engine['scrub'] = async (take, { handle, owner, asker }, options) => {
    const time = timeOf(service)
    try {
      const leaves = take()
      checkSize(leaves, settings.max_bytes)
      const work = async () => {
        const session = handle === undefined ? vault.begin(owner) : vault.open(handle, owner)
        const job = jobOf(leaves, session, settings, options)
        const seen = model && (await lookOf(model, job, settings, asker))
        const { texts, replacements, added } = await scrubber.scrub(seen ? { ...job, seen } : job, {
          late: time.late,
          gone: asker.signal,
        })
        if (!options.isPassing) vault.append(session, added)
        return {
          texts: new Map(leaves.map((leaf, n) => [leaf, texts[n] ?? ''])),
          replacements: new Map(leaves.map((leaf, n) => [leaf, replacements[n] ?? []])),
          known: createSession({ ...session, entries: [...session.entries, ...added] }),
          session,
          isWithoutModel: model !== undefined && seen === undefined,
        }
      }
      const done = await (handle === undefined ? work() : turns.take(handle, work))
      tally.scrubbed([...done.replacements.values()].flat())
      return done
    } catch (thrown) {
      const isRefusal = thrown instanceof ControlError || thrown instanceof Refused
      if (!isRefusal) log.error(placesOf(thrown), 'scrub failed')
      const refusal = asRefusal(thrown)
      tally.refused(refusal.code)
      throw refusal
    } finally {
      time.over()
    }
  }
  return { vault, tally, scrub, metrics: () => tally.metrics(vault.size) }
}

/** Says when the deadline of the service is over, counted from now. */
function timeOf({ clock, settings }: Service<Settings>): { late: AbortSignal; over(): void } {
  const [late, over] = [new AbortController(), new AbortController()]
  clock.sleep(durationMs(settings.deadline), over.signal).then(
    () => late.abort(),
    () => {}, // it was done in time
  )
  return { late: late.signal, over: () => over.abort() }
}

const jobOf = (
  leaves: readonly Leaf[],
  { handle, owner, checkKey, entries }: Session,
  settings: Settings,
  { mode = settings.mode, regions, deny, allow, binary = settings.binary }: ScrubOptions,
): ScrubJob => ({
  ...{ leaves, session: { handle, owner, checkKey, entries }, binary },
  look: { mode, ...(regions && { regions }), ...(deny && { deny }), ...(allow && { allow }) },
})

/** What the local model finds in everything as it was given; undefined where it did not answer. */
async function lookOf(
  model: LocalModel,
  { leaves, look, binary }: ScrubJob,
  settings: Settings,
  asker: Asker,
): Promise<ScrubJob['seen']> {
  if (binary === 'refuse' && hasBinary(leaves)) throw refuse('BINARY_REFUSED')
  const spans = await model.find(plainDocument(leaves).text, asker)
  return spans && { spans, allow: [...settings.allow, ...(look.allow ?? [])] }
}

function checkSize(leaves: readonly Leaf[], maxBytes: number): void {
  let size = 0
  for (const { text } of leaves) size += Buffer.byteLength(text)
  if (size <= maxBytes) return
  throw new ControlError('PAYLOAD_TOO_LARGE', `It holds more than ${maxBytes} bytes of text.`, {
    hint: 'Scrub it in parts under one handle, or raise max_bytes of the service.',
  })
}
