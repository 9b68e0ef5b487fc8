import type { UptimeView } from '../../core/connectivity/connectivity-routes.ts'

export type SubjectView = UptimeView['subjects'][number]

/** A stretch in which something was not there. */
export interface Outage {
  subject: string
  words: string
  fromMs: number
  toMs: number
  lastedS: number
  isOver: boolean
  reason: string | null
}

export const RANGES: readonly [label: string, spanMs: number][] = [
  ['Hour', 3_600_000],
  ['Day', 86_400_000],
  ['Week', 7 * 86_400_000],
  ['Month', 30 * 86_400_000],
]

/** `host:spark-1` as `Machine spark-1`. */
export function nameOfSubject(subject: string): string {
  const [kind = '', ...rest] = subject.split(':')
  const name = rest.join(':')
  if (kind === 'host') return `Machine ${name}`
  if (kind !== 'container') return `Service ${name}`
  const [host, container] = name.split('/')
  return `Container ${container} on ${host}`
}

const WORDS: Record<string, string> = {
  refused: 'its port refused',
  lost: 'its connection was dropped',
  unreachable: 'could not be reached',
  denied: 'did not let Spark Control in',
  key_changed: 'showed another key',
  key_unknown: 'was not trusted',
  stopped: 'stopped',
}

export const wordsOf = (state: string): string => WORDS[state] ?? state

/** What was not there, latest first; what follows at once without being there is one outage. */
export function listOutages({ subjects, to }: UptimeView): Outage[] {
  const all = subjects.flatMap(({ subject, spans }) => {
    const own: Outage[] = []
    for (const [index, span] of spans.entries()) {
      if (span.presence !== 'down') continue
      const fromMs = Date.parse(span.from)
      const toMs = Date.parse(span.to)
      const isOver = span.to !== to || index < spans.length - 1
      const last = own.at(-1)
      if (last && last.toMs === fromMs && index > 0 && spans[index - 1]?.presence === 'down')
        Object.assign(last, {
          ...{ toMs, isOver, lastedS: (toMs - last.fromMs) / 1000 },
          // what was found out later says more
          reason: span.reason ?? last.reason,
        })
      else
        own.push({
          ...{ subject, fromMs, toMs, isOver, words: wordsOf(span.state), reason: span.reason },
          lastedS: (toMs - fromMs) / 1000,
        })
    }
    return own
  })
  return all.sort((a, b) => b.fromMs - a.fromMs)
}

const LEAST_MS = 120_000

/** A range with an outage in its middle third. */
export function zoomTo({ fromMs, toMs }: Outage): { fromMs: number; toMs: number } {
  const aroundMs = Math.max(toMs - fromMs, LEAST_MS)
  return { fromMs: fromMs - aroundMs, toMs: Math.min(Date.now(), toMs + aroundMs) }
}

const ORDER = ['host', 'service', 'container']

/** Machines first, then services, then containers; each by name. */
export const inOrder = (subjects: readonly SubjectView[]): SubjectView[] =>
  subjects.toSorted((a, b) => rank(a) - rank(b) || a.subject.localeCompare(b.subject))

const rank = ({ subject }: SubjectView): number => ORDER.indexOf(subject.split(':')[0] ?? '')
