import { ControlError } from '../errors.ts'
import type { Diagnostic } from '../topology/topology.ts'
import { commentLine, isHarmless, keptValue, mayBeSecret } from './comment.ts'
import type { Draft, Entry, Noted } from './draft.ts'

/** What was taken out of the draft because the topology could not have it. */
export interface Settled {
  /** `services.llm.port: … — why`. */
  removed: string[]
  /** What the file is warned about. */
  warnings: Diagnostic[]
}

/**
 * Turns into a comment whatever keeps the topology from being accepted, until nothing does. `judge`
 * is the parser of topologies itself. Every round takes something out, so that it ends.
 */
export function settle(draft: Draft, judge: (draft: Draft) => Diagnostic[]): Settled {
  const removed = takeOutHarmful(draft)
  for (;;) {
    const found = judge(draft)
    const errors = found.filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return { removed, warnings: found }
    const gone = errors.flatMap((error) => takeOut(draft, error) ?? [])
    if (gone.length === 0)
      throw new ControlError('INTERNAL', `the topology cannot be written: ${errors[0]?.message}`)
    removed.push(...gone)
  }
}

/** Values for which the whole file would be refused, so that nobody could tell which of them it was. */
function takeOutHarmful({ listen, hosts, services }: Draft): string[] {
  return [listen, ...hosts, ...services].flatMap((entry) =>
    [...entry.keys].flatMap(([key, { value }]) =>
      isHarmless(JSON.stringify(value)) ? [] : leaveOut(entry, key, 'no topology can hold it'),
    ),
  )
}

function leaveOut(entry: Entry, key: string, reason: string): string {
  // a reason may quote the value
  const isTold = !mayBeSecret('', entry.keys.get(key)?.value)
  const why = isTold ? reason : `${key} cannot have its value, which is not repeated here`
  const written = commentLine(writtenOf(key, entry.keys.get(key)))
  entry.keys.delete(key)
  entry.comments.push(`${written} · left out: ${commentLine(why)}`)
  return `${entry.id}.${key}: ${why}`
}

function takeOut(draft: Draft, { path, message, hint }: Diagnostic): string | undefined {
  const why = `${message}${hint === undefined ? '' : `; ${hint}`}`
  const [area = '', id = '', ...rest] = path.split('.')
  if (area === 'listen') return leaveOut(draft.listen, id, why)
  if (area === 'disabled') {
    const [gone] = draft.disabled.splice(Number(id) || 0, 1)
    return gone === undefined ? undefined : `disabled: ${gone} ${why}`
  }
  const list = area === 'hosts' ? draft.hosts : area === 'services' ? draft.services : []
  const entry = list.find((each) => each.id === id)
  if (!entry) return undefined
  const key = keyIn(entry, rest.join('.'))
  if (key !== undefined && key !== 'kind') return leaveOut(entry, key, why)
  list.splice(list.indexOf(entry), 1)
  draft.disabled = draft.disabled.filter((each) => area !== 'services' || each !== id)
  draft.leftovers.push(`${area}.${id} cannot stand in the file: ${why}. It was:`, ...asLines(entry))
  return `${area}.${id}: ${why}`
}

/** The key at a path, above it or below it. */
const keyIn = ({ keys }: Entry, path: string): string | undefined =>
  path === ''
    ? undefined
    : [...keys.keys()].find(
        (key) => key === path || path.startsWith(`${key}.`) || key.startsWith(`${path}.`),
      )

const asLines = ({ id, keys, comments }: Entry): string[] => [
  `  ${id}:`,
  ...comments.map((text) => `    # ${text}`),
  ...[...keys].map(([key, noted]) => `    ${writtenOf(key, noted)}`),
]

const writtenOf = (key: string, noted: Noted | undefined): string =>
  `${key}: ${keptValue('', noted?.value)}${noted?.from === undefined ? '' : `   # ${noted.from}`}`
