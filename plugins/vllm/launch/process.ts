import { type Command, type Host, script, sh } from '#core'
import { vllmError } from '../errors.ts'
import { readMemory } from '../fit/read-memory.ts'
import type { Engine, EngineLook } from './engine.ts'
import { PROCESS_LOOK_SCRIPT, PROCESS_STOP_SCRIPT } from './process-scripts.ts'

/** Long enough for vLLM to answer what it has begun and to end its parts. */
const GRACE_S = 20

/** An engine that is a plain process of the login user. */
export function processEngine(service: string): Engine {
  return {
    name: `the engine of ${service}`,
    thing: `the process of ${service}`,
    isKept: true,
    look: (host, signal) => lookAtProcess(host, service, signal),
    stop: () => script(PROCESS_STOP_SCRIPT, service, GRACE_S),
    remove: () => sh`rm -f ${stateFile(service, 'run')}`,
    byHand: () =>
      `kill -s KILL -- -<leader>, whose number stands in ~/.local/state/spark-control/${service}/run`,
    // -F: a later load has a log of its own under the same name
    follow: (_, tail) =>
      sh`tail -n ${tail === undefined ? '+1' : tail} -F ${stateFile(service, 'log')} 2>/dev/null`,
    tail: (_, lines) => sh`tail -n ${lines} ${stateFile(service, 'log')}`,
  }
}

const stateFile = (service: string, name: string): Command =>
  sh`"$HOME"/.local/state/spark-control/${service}/${name}`

async function lookAtProcess(
  host: Host,
  service: string,
  signal?: AbortSignal,
): Promise<EngineLook> {
  const { stdout, stderr } = await host.exec(script(PROCESS_LOOK_SCRIPT, service), {
    ...(signal && { signal }),
    timeoutMs: 20_000,
  })
  return parseProcessLook(stdout, { host: host.id, service, stderr })
}

/** Turns the records of a look into a value; throws when they are not whole. */
export function parseProcessLook(
  text: string,
  at: { host: string; service: string; stderr?: string },
): EngineLook {
  const records = text.split('\n').map((line) => line.split('\t'))
  const run = records.find(([type]) => type === 'RUN')
  if (!run || !text.trimEnd().endsWith('END')) {
    throw vllmError(
      'PROCESS_UNREADABLE',
      `${at.host} gave no whole answer about its processes: ${at.stderr?.trim() || 'no output'}`,
      { hint: 'a program without a container needs Linux, with /proc, and a POSIX shell' },
    )
  }
  const memory = readMemory(records.filter(([type]) => type === 'MEM').map(([, ...rest]) => rest))
  const [, state, id = '', startedAt = '', status = ''] = run
  if (state !== 'running' && state !== 'stopped') return { state: 'absent', memory }
  const commands = text.split('\n').filter((line) => line.startsWith('|'))
  return {
    memory,
    state,
    id,
    image: '',
    startedAt: startedAt === '' ? null : new Date(Number(startedAt) * 1000).toISOString(),
    exitCode: status === '' ? null : Number(status),
    isOomKilled: false,
    engines: commands.map((line) => line.slice(1).trim()),
    owner: at.service,
  }
}
