import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { startEngine } from '../engine/engine.ts'
import type { Container } from './daemon.ts'
import { findOrRefuse, tooFew, usage } from './list.ts'
import { parseOptions, splitOnce } from './options.ts'
import { parseShell, type SimpleCommand } from './shell-words.ts'
import { VLLM_VERSION } from './version.ts'

/** `docker exec [-d] NAME …`: vLLM, or a program that a bare container has. */
export const exec: Tool = async (call, host, cluster) => {
  const parsed = parseOptions(call.args, {
    flags: [['detach', 'd'], ['interactive', 'i'], ['tty', 't'], ['privileged']],
    values: [
      ['env', 'e'],
      ['workdir', 'w'],
      ['user', 'u'],
    ],
    stopsAtRest: true,
  })
  if (parsed.unknown) {
    return usage(call, 'exec', '[OPTIONS] CONTAINER COMMAND [ARG...]', parsed.unknown)
  }
  const [name, ...words] = parsed.rest
  if (name === undefined || words.length === 0) {
    return tooFew(call, 'exec', '[OPTIONS] CONTAINER COMMAND [ARG...]')
  }
  const container = findOrRefuse(call, host, name)
  if (!container) return 1
  const env = Object.fromEntries((parsed.values.get('env') ?? []).map(parseEnv))
  return execIn(call, host, cluster, container, words, env, parsed.flags.has('detach'))
}

/** Runs a program in a container as `docker exec` does. */
export async function execIn(
  call: Pick<ToolCall, 'out' | 'err' | 'signal'>,
  host: SimHost,
  cluster: Cluster,
  container: Container,
  words: readonly string[],
  env: Record<string, string>,
  isDetached: boolean,
): Promise<number> {
  if (container.state !== 'running') {
    call.err(`Error response from daemon: container ${container.id} is not running\n`)
    return 1
  }
  const commands = unwrapShell(words)
  const serve = commands?.find((each) => isServe(each.words))
  if (serve) {
    // Only what goes to PID 1's output is in the container's log.
    const isLogged = serve.redirects.some((each) => each.includes('/proc/1/fd/'))
    const sink = isLogged
      ? (text: string) => container.log.write(text)
      : isDetached
        ? () => undefined
        : (text: string) => call.out(text)
    const engine = startEngine({
      host,
      cluster,
      container,
      words: serve.words,
      env: { ...container.env, ...env, ...serve.env },
      sink,
      shellArgs: words.join(' '),
    })
    if (isDetached) return 0
    return Promise.race([engine.ended, aborted(call.signal, 129)])
  }
  const plain = commands?.[0]?.words ?? [...words]
  const answer = commands?.length === 1 ? builtIn(plain, container) : undefined
  if (answer !== undefined) {
    if (!isDetached) call.out(answer)
    return 0
  }
  const text = `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(plain[0])}: executable file not found in $PATH: unknown`
  if (isDetached) {
    call.err(`Error response from daemon: ${text}\n`)
    return 1
  }
  call.out(`${text}\r\n`)
  return 126
}

/** `-e KEY=VALUE` as a pair. */
export function parseEnv(text: string): [string, string] {
  const [name, value = ''] = splitOnce(text, '=')
  return [name, value]
}

/** The simple commands of `bash -c LINE`, else the words themselves. */
export function unwrapShell(words: readonly string[]): SimpleCommand[] | undefined {
  const [shell = '', option = '', line = ''] = words
  if (/^(\/bin\/)?(ba|da)?sh$/.test(shell) && /^-[lie]*c$/.test(option)) return parseShell(line)
  return [{ words: [...words], env: {}, redirects: [] }]
}

/** Whether the words are `vllm serve …`. */
export function isServe(words: readonly string[]): boolean {
  return words[0] === 'vllm' && words[1] === 'serve'
}

/** The few programs a container answers for itself. */
function builtIn(words: string[], container: Container): string | undefined {
  switch (words[0]) {
    case 'true':
    case 'mkdir':
    case 'chmod':
    case 'sleep':
      return ''
    case 'echo':
      return `${words.slice(1).join(' ')}\n`
    case 'hostname':
      return `${container.id.slice(0, 12)}\n`
    case 'env':
      return Object.entries(container.env)
        .map(([key, value]) => `${key}=${value}\n`)
        .join('')
    case 'vllm':
      return words[1] === '--version' ? `${VLLM_VERSION}\n` : undefined
    default:
      return undefined
  }
}

/** Resolves with `status` when the signal aborts. */
export function aborted(signal: AbortSignal, status: number): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(status)
    signal.addEventListener('abort', () => resolve(status), { once: true })
  })
}
