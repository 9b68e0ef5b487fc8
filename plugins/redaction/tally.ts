import type { MetricFamily } from '#core'
import type { RestoreCounts } from './rehydrate/restorer.ts'
import type { Mask } from './scrub/leaf.ts'

/** What a service has done since it was started, in numbers alone. */
export interface Tally {
  scrubbed(masks: readonly Pick<Mask, 'type'>[]): void
  refused(code: string): void
  /** The local model was asked about a text. */
  modelAsked(outcome: 'answered' | 'failed'): void
  modelFailures(): number
  restored(counts: RestoreCounts): void
  figures(): { scrubbed: number; refused: number }
  metrics(sessions: number): readonly MetricFamily[]
}

export function createTally(): Tally {
  let scrubbed = 0
  const masked = new Map<string, number>()
  const refused = new Map<string, number>()
  const asked = { answered: 0, failed: 0 }
  const restored = { exact: 0, tolerant: 0, unresolved: 0 }
  const add = (counts: Map<string, number>, name: string): void =>
    void counts.set(name, (counts.get(name) ?? 0) + 1)
  const sum = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((all, each) => all + each, 0)
  return {
    scrubbed(masks) {
      scrubbed++
      for (const { type } of masks) add(masked, type)
    },
    refused: (code) => add(refused, code),
    modelAsked: (outcome) => void asked[outcome]++,
    modelFailures: () => asked.failed,
    restored(counts) {
      restored.exact += counts.exact
      restored.tolerant += counts.tolerant
      restored.unresolved += counts.unresolved
    },
    figures: () => ({ scrubbed, refused: sum(refused) }),
    metrics: (sessions) => [
      gauge('redaction_sessions', 'Sessions that are kept', sessions),
      counter('redaction_scrubbed_total', 'Texts and structures that were let out', [
        [{}, scrubbed],
      ]),
      counter('redaction_refused_total', 'Those that were not, by code', by('code', refused)),
      counter(
        'redaction_model_total',
        'Texts the local model was asked about, by what became of it',
        by('outcome', new Map(Object.entries(asked))),
      ),
      counter('redaction_masked_total', 'Places that were masked, by type', by('type', masked)),
      counter(
        'redaction_placeholders_total',
        'Placeholders that came back, by what became of them',
        by('outcome', new Map(Object.entries(restored))),
      ),
    ],
  }
}

type Labelled = [labels: Record<string, string>, value: number][]

const by = (label: string, counts: ReadonlyMap<string, number>): Labelled =>
  [...counts].map(([name, value]) => [{ [label]: name }, value])

const gauge = (name: string, help: string, value: number): MetricFamily => ({
  ...{ name, help, type: 'gauge', samples: [{ labels: {}, value }] },
})

const counter = (name: string, help: string, samples: Labelled): MetricFamily => ({
  ...{ name, help, type: 'counter' },
  samples: samples.map(([labels, value]) => ({ labels, value })),
})
