/** One line of Prometheus' text format. */
export interface Line {
  name: string
  labels: Map<string, string>
  value: number
}

const MAX_LINE_CHARS = 4_096
/** An engine has about 200 lines that count; eight in one server, 1,600. */
const MAX_LINES = 5_000

// Anchored and without choices that overlap, so that no line is read in more than linear time.
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^ \t{}"]+)(?:[ \t]+-?\d+)?$/
const LABEL = /[ \t]*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y
const ESCAPES: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

/**
 * The lines of a page of metrics whose name is wanted. What is malformed, too long or no finite
 * number is passed over: one odd line is no reason to know nothing.
 */
export function readLines(text: string, isWanted: (name: string) => boolean): Line[] {
  const lines: Line[] = []
  for (const line of text.split('\n')) {
    if (lines.length >= MAX_LINES) break
    if (line.startsWith('#') || line.length > MAX_LINE_CHARS) continue
    const [, name, inner = '', number = ''] = SAMPLE.exec(line.trimEnd()) ?? []
    if (name === undefined || !isWanted(name)) continue
    const labels = readLabels(inner)
    const value = Number(number)
    if (labels && Number.isFinite(value)) lines.push({ name, labels, value })
  }
  return lines
}

function readLabels(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>()
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? []
    if (name === undefined || value === undefined) return undefined
    labels.set(
      name,
      value.replaceAll(/\\[n"\\]/g, (pair) => ESCAPES[pair] ?? pair),
    )
  }
  return labels
}
