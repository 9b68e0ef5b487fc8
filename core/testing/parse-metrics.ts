import { createRequire } from 'node:module'

/** One line of a page of metrics. */
export interface Series {
  name: string
  labels: Record<string, string>
  value: number
}

export interface MetricsPage {
  series: Series[]
  /** Type of each family, in lower case. */
  types: Map<string, string>
  /** The only value of a series with these labels; undefined if there is none or more than one. */
  value(name: string, labels?: Record<string, string>): number | undefined
}

// It brings no types, and its ES module has no ending that Node takes for one.
const parse: (text: string) => {
  name: string
  type: string
  metrics: { labels?: Record<string, string>; value: string }[]
}[] = createRequire(import.meta.url)('parse-prometheus-text-format')

/**
 * Reads a page of metrics with a parser that is not ours. Throws where Prometheus would: at a line
 * that cannot be read, a family or a series that stands twice, a value that is no number.
 */
export function parseMetricsPage(text: string): MetricsPage {
  const families = parse(text)
  const types = new Map(families.map(({ name, type }) => [name, type.toLowerCase()]))
  if (types.size !== families.length) throw new Error('a family stands twice')
  // Without its type a histogram is read line by line, instead of as one for all labels together.
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const series = lines.flatMap((line) =>
    parse(`${line}\n`).flatMap(({ name, metrics }) =>
      metrics.map(({ labels = {}, value }) => ({ name, labels, value: toNumber(line, value) })),
    ),
  )
  const keys = new Set(series.map(({ name, labels }) => JSON.stringify([name, sorted(labels)])))
  if (series.length !== lines.length) throw new Error('a line is none')
  if (keys.size !== series.length) throw new Error('a series stands twice')
  const value: MetricsPage['value'] = (name, labels = {}) => {
    const found = series.filter(
      (each) =>
        each.name === name &&
        Object.entries(labels).every(([label, wanted]) => each.labels[label] === wanted),
    )
    return found.length === 1 ? found[0]?.value : undefined
  }
  return { series, types, value }
}

const sorted = (labels: Record<string, string>) =>
  Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))

function toNumber(line: string, text: string): number {
  // Go's ParseFloat, by which Prometheus reads, takes these in any case.
  if (/^nan$/i.test(text)) return Number.NaN
  const value = Number(text.replace(/inf$/i, 'Infinity'))
  if (Number.isNaN(value)) throw new Error(`no number: ${line}`)
  return value
}
