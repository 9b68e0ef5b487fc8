import type { Tool } from '../cluster.ts'
import type { DockerEvent } from './daemon.ts'
import { FormatError, formatGo } from './go-format.ts'
import { usage } from './list.ts'
import { rfc3339Nano } from './log.ts'
import { lastValue, parseOptions, splitOnce } from './options.ts'

/** `docker events`: what happens to containers from now on, until the caller leaves. */
export const events: Tool = async (call, host) => {
  const parsed = parseOptions(call.args, {
    flags: [],
    values: [['filter', 'f'], ['format'], ['since'], ['until']],
  })
  if (parsed.unknown) return usage(call, 'events', '[OPTIONS]', parsed.unknown)
  const filters = parsed.values.get('filter') ?? []
  const format = lastValue(parsed, 'format')
  const template = format === 'json' ? '{{json .}}' : format
  let mistake: FormatError | undefined
  await new Promise<void>((resolve) => {
    const finish = () => {
      leave()
      over()
      resolve()
    }
    const leave = host.docker.watch((event) => {
      if (!fits(event, filters)) return
      try {
        call.out(`${template === undefined ? lineOf(event) : formatGo(template, viewOf(event))}\n`)
      } catch (thrown) {
        if (!(thrown instanceof FormatError)) throw thrown
        mistake = thrown
        finish()
      }
    })
    // a daemon that goes down ends what follows it
    const over = host.faults.watch(({ docker }) => docker === 'down' && finish())
    if (call.signal.aborted) finish()
    else call.signal.addEventListener('abort', finish, { once: true })
  })
  if (mistake) call.err(`${mistake.message}\n`)
  return mistake?.status ?? (call.signal.aborted ? 0 : 1)
}

/** Filters of one name are alternatives, those of several names must all fit. */
function fits({ action, container }: DockerEvent, filters: readonly string[]): boolean {
  const wanted = new Map<string, string[]>()
  for (const filter of filters) {
    const [name, value = ''] = splitOnce(filter, '=')
    wanted.set(name, [...(wanted.get(name) ?? []), value])
  }
  return [...wanted].every(([name, values]) =>
    values.some((value) => {
      if (name === 'type') return value === 'container'
      if (name === 'event') return action === value || action.startsWith(`${value}:`)
      if (name === 'container') return container.name === value || container.id.startsWith(value)
      return false
    }),
  )
}

/** As `--format json` gives it. */
function viewOf({ action, container, atMs }: DockerEvent): Record<string, unknown> {
  return {
    status: action,
    id: container.id,
    from: container.image.name,
    Type: 'container',
    Action: action,
    Actor: {
      ID: container.id,
      Attributes: {
        image: container.image.name,
        name: container.name,
        ...(action === 'die' && { exitCode: `${container.exitCode}` }),
      },
    },
    scope: 'local',
    time: Math.floor(atMs / 1000),
    timeNano: atMs * 1_000_000,
  }
}

const lineOf = ({ action, container, atMs }: DockerEvent): string =>
  `${rfc3339Nano(atMs)} container ${action} ${container.id} (image=${container.image.name}, name=${container.name})`
