/** One metric with its samples, as Prometheus means it. */
export interface MetricFamily {
  /** `engine:tokens_total`; the beginning `spark_control_` is the core's. */
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  samples: readonly MetricSample[]
}

export interface MetricSample {
  /** Histograms alone have them, and all three. */
  suffix?: '_bucket' | '_sum' | '_count'
  labels: Readonly<Record<string, string>>
  value: number
}

/** What one service contributes. */
export interface Contribution {
  service: string
  /** Id of its host; null for one that is given by url. */
  host: string | null
  families: readonly MetricFamily[]
}

export interface Merged {
  families: MetricFamily[]
  /** Samples left out by service: over the limit, or nothing Prometheus would take. */
  dropped: Map<string, number>
}

/** Most samples of one service; a vLLM with eight engines has about 1,500. */
export const MAX_SAMPLES = 4_000
const MAX_LABEL_CHARS = 300
const OWN = 'spark_control_'

/**
 * Puts the metrics of all services under one name each, with `service` and `host` on every sample.
 * Whatever a service contributes, the outcome is one that Prometheus takes: a family has one type,
 * no series stands twice, names and labels are well-formed.
 */
export function mergeFamilies(contributions: readonly Contribution[]): Merged {
  const merged = new Map<string, MetricFamily & { samples: MetricSample[] }>()
  const dropped = new Map<string, number>()
  const seen = new Set<string>()
  for (const { service, host, families } of contributions) {
    const own = { service, host }
    let taken = 0
    let given = 0
    for (const { name, type, help, samples } of families) {
      given += samples.length
      const into = merged.get(name) ?? { name, type, help, samples: [] }
      if (!isFamily(name) || into.type !== type) continue
      for (const sample of samples) {
        const labels = fitLabels({ ...sample.labels, ...own })
        if (!labels || !isSample(type, sample) || taken >= MAX_SAMPLES) continue
        const series = JSON.stringify([name + (sample.suffix ?? ''), Object.entries(labels)])
        if (seen.has(series)) continue
        seen.add(series)
        taken += 1
        into.samples.push({ ...sample, labels })
        merged.set(name, into)
      }
    }
    dropped.set(service, given - taken)
  }
  return { families: [...merged.values()], dropped }
}

const isFamily = (name: string): boolean =>
  /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/.test(name) && !name.startsWith(OWN)

function isSample(type: MetricFamily['type'], { suffix, labels, value }: MetricSample): boolean {
  if (!Number.isFinite(value)) return false
  if (type !== 'histogram') return suffix === undefined
  return suffix === '_bucket' ? labels.le !== undefined : suffix !== undefined
}

const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$/

/** Labels in one order, null ones left out; undefined if one can be no label. */
function fitLabels(labels: Record<string, string | null>): Record<string, string> | undefined {
  const fitted: [string, string][] = []
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === null) continue
    if (!LABEL.test(name) || value.length > MAX_LABEL_CHARS) return undefined
    fitted.push([name, value.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')])
  }
  return Object.fromEntries(fitted)
}
