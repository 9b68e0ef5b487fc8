import type { MetricFamily, Service } from '#core'
import type { Settings } from '../settings.ts'
import { addTally, type Rates, ratesOf, type Tally, tallyOf } from './rates.ts'

/** What the last probes read of an engine's /metrics. */
export interface Meter {
  /** Takes a page that was just read; an empty one says nothing and changes nothing. */
  take(families: readonly MetricFamily[], model: string | undefined): void
  /** The last page with the model on every sample; empty once it is too old to count as now. */
  families(): readonly MetricFamily[]
  rates(): Rates
  /** The engine is gone. */
  clear(): void
}

/** After it, what was read no longer counts as now; so long may a busy engine be silent. */
const FRESH_MS = 60_000

const meters = new WeakMap<object, Meter>()

/** The meter of a service; its probe fills it, tile and /metrics read it. */
export function meterOf(service: Service<Settings>): Meter {
  const known = meters.get(service)
  if (known) return known
  const meter = createMeter(() => service.clock.now())
  meters.set(service, meter)
  return meter
}

/** A meter that has read nothing yet. */
export function createMeter(now: () => number): Meter {
  let page: readonly MetricFamily[] = []
  let tallies: Tally[] = []
  let model: string | undefined
  const isFresh = () => now() - (tallies.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) <= FRESH_MS
  return {
    take(families, served) {
      if (families.length === 0) return
      // another model on the same port has counters of its own
      if (served !== model) tallies = []
      model = served
      page = families.map((family) => ({ ...family, samples: withModel(family.samples, served) }))
      tallies = addTally(tallies, tallyOf(families, now()))
    },
    families: () => (isFresh() ? page : []),
    rates: () => (isFresh() ? ratesOf(tallies) : {}),
    clear() {
      page = []
      tallies = []
    },
  }
}

const withModel = (samples: MetricFamily['samples'], model: string | undefined) =>
  model === undefined
    ? samples
    : samples.map((sample) => ({ ...sample, labels: { ...sample.labels, model } }))
