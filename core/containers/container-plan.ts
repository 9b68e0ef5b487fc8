import type { Plan } from '../api.ts'
import { display } from '../hosts/sh.ts'
import { titleWithId } from '../title-of.ts'
import { actCommand, type ContainerAct } from './container-act.ts'
import { type ContainerView, isRunning } from './container-view.ts'

/** What the words of a plan are made of. */
export interface PlanFacts {
  act: ContainerAct
  runtime: string
  container: ContainerView
  /** The service it belongs to, and what it is called: `stt`, `Speech to text`. */
  service: { id: string; title: string }
  /** Requests its service is answering now. */
  runningRequests: number
  /** Other services that name the same container. */
  alsoUsedBy: readonly string[]
  /** How long this took last time, until the service answered again. */
  lastSeconds: number | null
}

/** What will happen, in plain words. */
export function containerPlan(facts: PlanFacts): Plan {
  const { act, runtime, container } = facts
  const { name, host } = container
  const verb = { start: 'Start', stop: 'Stop', restart: 'Restart' }[act]
  const isCut = act !== 'start' && isRunning(container)
  return {
    title: `${verb} ${name} on ${host}?`,
    confirm: `${verb} ${name}`,
    commands: [{ host, command: display(actCommand(runtime, act, name)) }],
    stops: isCut ? stopsOf(facts) : [],
    consequence: [...paragraphs(facts, isCut)].join('\n'),
    holds: [facts.service.id],
    last_seconds: facts.lastSeconds,
    running_requests: isCut ? facts.runningRequests : 0,
  }
}

function stopsOf({ act, service, alsoUsedBy, lastSeconds }: PlanFacts): string[] {
  const until =
    act === 'stop' ? 'until it is started again' : `until it is back${after(lastSeconds)}`
  return [titleWithId(service), ...alsoUsedBy].map(
    (who) => `${who} does not answer from now on, ${until}.`,
  )
}

function* paragraphs(facts: PlanFacts, isCut: boolean): Generator<string> {
  const { act, service, container, runningRequests, lastSeconds } = facts
  const { memory_bytes, host } = container
  if (!isCut)
    yield `${titleWithId(service)} can answer once it has started${after(lastSeconds)}. It takes the memory it needs on ${host}; what else runs there goes on.`
  if (isCut && runningRequests > 0)
    yield runningRequests === 1
      ? '1 request is being answered now. It may end in the middle.'
      : `${runningRequests} requests are being answered now. They may end in the middle.`
  if (act === 'stop' && memory_bytes !== null && memory_bytes > 0)
    yield `This frees about ${formatSize(memory_bytes)} of memory on ${host}.`
  yield 'Its image, settings and files stay as they are.'
}

const after = (lastSeconds: number | null): string =>
  lastSeconds === null
    ? ' (how long that takes is not known yet)'
    : ` (last time ${formatDuration(lastSeconds)})`

export function formatDuration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 90) return `${whole} s`
  return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`
}

const formatSize = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`
