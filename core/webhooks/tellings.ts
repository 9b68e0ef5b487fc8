import type { Happening } from '../events/happening.ts'
import type { Damping, Subject } from './damping.ts'

/** The service or host whose state a happening tells; undefined for all others. */
export function stateOf({
  name,
  data,
}: Happening): { subject: string; real: Subject['real'] } | undefined {
  const [, what, real] = /^(service|host)_(up|down)$/.exec(name) ?? []
  if (what === undefined) return undefined
  return { subject: `${what}:${String(data[what])}`, real: real as Subject['real'] }
}

/** Whether a list in the topology means this event; one that flaps goes down and comes back. */
export function isListed(list: readonly string[], name: string): boolean {
  const [, what] = /^(service|host)_flapping$/.exec(name) ?? []
  return what === undefined
    ? list.includes(name)
    : list.includes(`${what}_down`) || list.includes(`${what}_up`)
}

/** What a receiver is told of a service or host that is to be believed to be so. */
export function tellingOf(
  latest: Happening,
  word: Subject['told'],
  { told, real, downsMs }: Subject,
  { withinMs }: Damping,
): Happening {
  if (word !== 'flapping')
    return told === 'flapping'
      ? { ...latest, data: { ...latest.data, steady_s: withinMs / 1000 } }
      : latest
  return {
    ...latest,
    key: `${latest.key}:flapping`,
    name: latest.name.startsWith('host') ? 'host_flapping' : 'service_flapping',
    data: { ...latest.data, state: real, times: downsMs.length, within_s: withinMs / 1000 },
  }
}
