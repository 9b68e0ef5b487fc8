import type { SimHost, Tool, ToolCall } from '../cluster.ts'
import { bootAgain } from './boot.ts'
import type { Container } from './daemon.ts'
import { findOrRefuse, tooFew, usage } from './list.ts'
import { type LogEntry, parseSince, rfc3339Nano } from './log.ts'
import { lastValue, parseOptions } from './options.ts'
import { stopContainer } from './stop.ts'

/** `docker stop -t N`. */
export const stop: Tool = async (call, host, cluster) => {
  const parsed = parseStop(call, 'stop')
  if (typeof parsed === 'number') return parsed
  return forEach(call, host, parsed.names, async (container, name) => {
    const isStopped = await stopContainer(container, host, cluster, parsed.graceS)
    if (isStopped) host.docker.tell('stop', container)
    else
      return `cannot stop container: ${name}: tried to kill container, but did not receive an exit event`
    return undefined
  })
}

/** `docker start`. One that runs is left as it is. */
export const start: Tool = (call, host, cluster) => {
  const parsed = parseOptions(call.args, {
    flags: [
      ['attach', 'a'],
      ['interactive', 'i'],
    ],
    values: [],
  })
  if (parsed.unknown)
    return usage(call, 'start', '[OPTIONS] CONTAINER [CONTAINER...]', parsed.unknown)
  if (parsed.rest.length === 0) return tooFew(call, 'start', '[OPTIONS] CONTAINER [CONTAINER...]')
  return forEach(call, host, parsed.rest, async (container) => {
    if (container.state === 'exited') bootAgain(container, host, cluster)
    return undefined
  })
}

/** `docker restart -t N`. */
export const restart: Tool = async (call, host, cluster) => {
  const parsed = parseStop(call, 'restart')
  if (typeof parsed === 'number') return parsed
  return forEach(call, host, parsed.names, async (container, name) => {
    if (!(await stopContainer(container, host, cluster, parsed.graceS)))
      return `Cannot restart container ${name}: tried to kill container, but did not receive an exit event`
    host.docker.tell('stop', container)
    bootAgain(container, host, cluster)
    host.docker.tell('restart', container)
    return undefined
  })
}

/** `docker kill`. */
export const kill: Tool = (call, host) => {
  const parsed = parseOptions(call.args, { flags: [], values: [['signal', 's']] })
  if (parsed.rest.length === 0) return tooFew(call, 'kill', '[OPTIONS] CONTAINER [CONTAINER...]')
  let status = 0
  for (const name of parsed.rest) {
    const container = host.docker.find(name)
    if (container?.state === 'running') {
      if (/^(SIG)?(KILL|9)$/.test(lastValue(parsed, 'signal') ?? 'KILL')) {
        host.docker.kill(container, 137)
      }
      call.out(`${name}\n`)
      continue
    }
    const why = container
      ? `container ${container.id} is not running`
      : `No such container: ${name}`
    call.err(`Error response from daemon: Cannot kill container: ${name}: ${why}\n`)
    status = 1
  }
  return status
}

/** `docker rm [-f]`. A container that is not there is no error with -f. */
export const rm: Tool = (call, host) => {
  const parsed = parseOptions(call.args, {
    flags: [
      ['force', 'f'],
      ['volumes', 'v'],
      ['link', 'l'],
    ],
    values: [],
  })
  if (parsed.unknown) return usage(call, 'rm', '[OPTIONS] CONTAINER [CONTAINER...]', parsed.unknown)
  if (parsed.rest.length === 0) return tooFew(call, 'rm', '[OPTIONS] CONTAINER [CONTAINER...]')
  const isForced = parsed.flags.has('force')
  let status = 0
  for (const name of parsed.rest) {
    const container = findOrRefuse(call, host, name)
    if (!container) {
      if (!isForced) status = 1
      continue
    }
    if (container.state === 'running' && !isForced) {
      call.err(
        `Error response from daemon: You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove\n`,
      )
      status = 1
      continue
    }
    host.docker.kill(container, 137)
    host.docker.remove(container)
    call.out(`${name}\n`)
  }
  return status
}

/** `docker wait`: prints the exit status when the container has ended. */
export const waitFor: Tool = async (call, host) => {
  for (const name of call.args) {
    const container = findOrRefuse(call, host, name)
    if (!container) return 1
    await new Promise<void>((resolve) => {
      const leave = container.log.follow((entry) => {
        if (entry === undefined) resolve()
      })
      call.signal.addEventListener('abort', () => {
        leave()
        resolve()
      })
    })
    call.out(`${container.exitCode}\n`)
  }
  return 0
}

/** `docker logs --since --tail -f -t`, each stream on its own. */
export const logs: Tool = async (call, host) => {
  const parsed = parseOptions(call.args, {
    flags: [['follow', 'f'], ['timestamps', 't'], ['details']],
    values: [['since'], ['until'], ['tail', 'n']],
  })
  if (parsed.unknown) return usage(call, 'logs', '[OPTIONS] CONTAINER', parsed.unknown)
  const [name] = parsed.rest
  if (name === undefined) return tooFew(call, 'logs', '[OPTIONS] CONTAINER')
  const container = findOrRefuse(call, host, name)
  if (!container) return 1
  const since = lastValue(parsed, 'since')
  const sinceMs = since === undefined ? 0 : parseSince(since, Date.now())
  if (sinceMs === undefined) {
    call.err(
      `invalid value for "since": failed to parse value as time or duration: ${JSON.stringify(since)}\n`,
    )
    return 1
  }
  const tail = lastValue(parsed, 'tail') ?? 'all'
  const past = container.log.entries().filter((entry) => entry.atMs >= sinceMs)
  const print = (entry: LogEntry) => printEntry(call, entry, parsed.flags.has('timestamps'))
  const shown = /^\d+$/.test(tail) ? past.slice(Math.max(0, past.length - Number(tail))) : past
  for (const entry of shown) print(entry)
  if (!parsed.flags.has('follow')) return 0
  await new Promise<void>((resolve) => {
    const leave = container.log.follow((entry) => {
      if (entry) print(entry)
      else resolve()
    })
    call.signal.addEventListener('abort', () => {
      leave()
      resolve()
    })
  })
  return 0
}

/** `docker top NAME [-eo pid,args]`. */
export const top: Tool = (call, host) => {
  const [name, ...options] = call.args
  if (name === undefined) return tooFew(call, 'top', 'CONTAINER [ps OPTIONS]')
  const container = findOrRefuse(call, host, name)
  if (!container) return 1
  if (container.state !== 'running') {
    call.err(`Error response from daemon: container ${container.id} is not running\n`)
    return 1
  }
  const rows = [
    { pid: container.pid, args: container.command.join(' ') },
    ...[...container.processes].flatMap((each) => each.processes()),
  ]
  const wide = (...cells: (string | number)[]) =>
    `${cells.map((cell, column) => (column === cells.length - 1 ? `${cell}` : `${cell}`.padEnd(20))).join('')}\n`
  const isShort = options.join(' ').includes('pid,args') || options.join(' ').includes('pid,cmd')
  call.out(
    isShort
      ? wide('PID', 'COMMAND')
      : wide('UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'),
  )
  for (const { pid, args } of rows) {
    call.out(
      isShort
        ? wide(pid, args)
        : wide('root', pid, container.pid - 1, 0, '00:00', '?', '00:00:00', args),
    )
  }
  return 0
}

/** Does something to each of these containers; what it answers is why it could not be done. */
async function forEach(
  call: ToolCall,
  host: SimHost,
  names: readonly string[],
  act: (container: Container, name: string) => Promise<string | undefined>,
): Promise<number> {
  let status = 0
  for (const name of names) {
    const container = findOrRefuse(call, host, name)
    const why = container && (await act(container, name))
    if (container && why === undefined) {
      call.out(`${name}\n`)
      continue
    }
    status = 1
    if (why !== undefined) call.err(`Error response from daemon: ${why}\n`)
  }
  return status
}

function parseStop(call: ToolCall, command: string): number | { names: string[]; graceS: number } {
  const values = [
    ['time', 't', 'timeout'],
    ['signal', 's'],
  ]
  const parsed = parseOptions(call.args, { flags: [], values })
  const words = '[OPTIONS] CONTAINER [CONTAINER...]'
  if (parsed.unknown) return usage(call, command, words, parsed.unknown)
  if (parsed.rest.length === 0) return tooFew(call, command, words)
  return { names: parsed.rest, graceS: Number(lastValue(parsed, 'time') ?? 10) }
}

function printEntry(call: ToolCall, entry: LogEntry, hasTime: boolean): void {
  const text = `${hasTime ? `${rfc3339Nano(entry.atMs)} ` : ''}${entry.text}\n`
  if (entry.stream === 'stdout') call.out(text)
  else call.err(text)
}
