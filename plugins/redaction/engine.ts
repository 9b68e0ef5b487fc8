import { ControlError, durationMs, type MetricFamily, type Service } from '#core'
import { createDetector, type Detector, type Finding } from './detect/index.ts'
import type { EntityType } from './entity-types.ts'
import { type Asker, createLocalModel } from './model/local-model.ts'
import { scanWithModel } from './model/scan-with-model.ts'
import type { Leaf } from './scrub/leaf.ts'
import { asRefusal, placesOf, refuse } from './scrub/refusal.ts'
import { type Scrubbed, scrubLeaves } from './scrub/scrub.ts'
import type { Mode, Settings } from './settings.ts'
import { createTally, type Tally } from './tally.ts'
import type { Session } from './vault/session.ts'
import { createTurns } from './vault/turns.ts'
import { createVault, type Vault } from './vault/vault.ts'

/** What a caller may say of a scrub; the rest is the service's. */
export interface ScrubOptions {
  mode?: Mode
  regions?: readonly string[]
  deny?: readonly string[]
  allow?: readonly string[]
  /** Instead of the setting of the service. */
  binary?: 'refuse'
  /** The values are needed for this request alone; nothing of them is kept. */
  isPassing?: true
}

/** One service at work: its vault, its detector, what it has counted. */
export interface Engine {
  readonly vault: Vault
  readonly tally: Tally
  /**
   * Scrubs leaves under a session, one request of a session at a time, and keeps the new values before
   * it answers. Throws a refusal that quotes nothing.
   */
  scrub(
    leaves: () => readonly Leaf[],
    session: { handle?: string; owner: string | null; asker: Asker },
    options: ScrubOptions,
  ): Promise<Scrubbed & { session: Session; isWithoutModel: boolean }>
  metrics(): readonly MetricFamily[]
}

const engines = new WeakMap<object, Engine>()

/** The engine of a service; its routes and its probe share it. */
export function engineOf(service: Service<Settings>, detector?: Detector): Engine {
  const before = engines.get(service)
  if (before) return before
  const engine = createEngine(service, detector ?? createDetector(service.settings))
  engines.set(service, engine)
  return engine
}

function createEngine(service: Service<Settings>, detector: Detector): Engine {
  const { settings, store, clock, log } = service
  const vault = createVault({
    ...{ store, clock, keyFile: service.secretFile('key') },
    ttlMs: durationMs(settings.ttl),
  })
  const tally = createTally()
  const turns = createTurns()
  const model = settings.model && createLocalModel(service, settings.model, tally)
  const scrub: Engine['scrub'] = async (take, { handle, owner, asker }, options) => {
    const checkTime = deadlineOf(service)
    try {
      const leaves = take()
      checkSize(leaves, settings.max_bytes)
      const work = async () => {
        const session = handle === undefined ? vault.begin(owner) : vault.open(handle, owner)
        const scan = scanWith(detector, settings, options, checkTime)
        const allow = [...settings.allow, ...(options.allow ?? [])]
        let isWithoutModel = false
        const onSilent = () => {
          isWithoutModel = true
        }
        const scanFirst = model ? scanWithModel(scan, model, { asker, allow, onSilent }) : scan
        const scrubbed = await scrubLeaves(leaves, session, {
          ...{ scan, scanFirst, checkTime },
          binary: options.binary ?? settings.binary,
        })
        checkTime()
        if (!options.isPassing) vault.append(session, scrubbed.added)
        return { ...scrubbed, session, isWithoutModel }
      }
      const done = await (handle === undefined ? work() : turns.take(handle, work))
      tally.scrubbed([...done.replacements.values()].flat())
      return done
    } catch (thrown) {
      if (!(thrown instanceof ControlError)) log.error(placesOf(thrown), 'scrub failed')
      const refusal = asRefusal(thrown)
      tally.refused(refusal.code)
      throw refusal
    }
  }
  return { vault, tally, scrub, metrics: () => tally.metrics(vault.size) }
}

/** Throws SCRUB_TIMEOUT once the deadline of the service is over. */
function deadlineOf({ clock, settings }: Service<Settings>): () => void {
  const until = clock.now() + durationMs(settings.deadline)
  return () => {
    if (clock.now() > until) throw refuse('SCRUB_TIMEOUT')
  }
}

const scanWith =
  (
    detector: Detector,
    settings: Settings,
    { mode = settings.mode, regions, deny, allow }: ScrubOptions,
    deadline: () => void,
  ) =>
  async (
    text: string,
    known: readonly { type: EntityType; surface: string }[],
  ): Promise<readonly Finding[]> =>
    detector.detect(text, {
      ...{ mode, known, deadline },
      ...(regions && { regions }),
      ...(deny && { deny }),
      ...(allow && { allow }),
    })

function checkSize(leaves: readonly Leaf[], maxBytes: number): void {
  let size = 0
  for (const { text } of leaves) size += Buffer.byteLength(text)
  if (size <= maxBytes) return
  throw new ControlError('PAYLOAD_TOO_LARGE', `It holds more than ${maxBytes} bytes of text.`, {
    hint: 'Scrub it in parts under one handle, or raise max_bytes of the service.',
  })
}
