import { rmSync } from 'node:fs'
import { isAbsolute, join, posix, relative } from 'node:path'
import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { startEngine } from '../engine/engine.ts'
import type { Container, ContainerSpec } from './daemon.ts'
import { withTag } from './daemon.ts'
import { findOrRefuse, tooFew, usage } from './list.ts'
import { lastValue, parseOptions, splitOnce } from './options.ts'
import { parseShell, type SimpleCommand } from './shell-words.ts'
import { VLLM_VERSION } from './version.ts'

const HELP = "\nRun 'docker run --help' for more information\n"

// Understood and without effect here, since a simulated container has no such thing.
const IGNORED_VALUES = `add-host cap-add cap-drop cpus cpuset-cpus device gpus h hostname ipc label l
  log-driver log-opt memory m memory-swap net network p pid pids-limit platform publish pull restart
  runtime security-opt shm-size stop-signal stop-timeout tmpfs u ulimit user w workdir`

/** `docker run`: starts a container, or does what a short-lived one would (`rm`). */
export const run: Tool = async (call, host, cluster) => {
  const parsed = parseOptions(call.args, {
    flags: [['detach', 'd'], ['rm'], ['privileged'], ['interactive', 'i'], ['tty', 't'], ['init']],
    values: [
      ['name'],
      ['env', 'e'],
      ['volume', 'v'],
      ['entrypoint'],
      ...IGNORED_VALUES.split(/\s+/).map((name) => [name]),
    ],
    stopsAtRest: true,
  })
  if (parsed.unknown) {
    return usage(call, 'run', '[OPTIONS] IMAGE [COMMAND] [ARG...]', parsed.unknown)
  }
  const [image, ...command] = parsed.rest
  if (image === undefined) return tooFew(call, 'run', '[OPTIONS] IMAGE [COMMAND] [ARG...]')
  const entrypoint = lastValue(parsed, 'entrypoint')
  const spec: ContainerSpec = {
    name: lastValue(parsed, 'name') ?? `sandbox_${cluster.nextPid()}`,
    image,
    command: entrypoint ? [entrypoint, ...command] : command,
    env: Object.fromEntries((parsed.values.get('env') ?? []).map(parseEnv)),
    mounts: (parsed.values.get('volume') ?? []).map((text) => parseMount(text)),
    autoRemoves: parsed.flags.has('rm'),
  }
  return runContainer(call, host, cluster, spec, parsed.flags.has('detach'))
}

/** Creates and starts a container, printing what `docker run` prints. */
export async function runContainer(
  call: Pick<ToolCall, 'out' | 'err' | 'signal'>,
  host: SimHost,
  cluster: Cluster,
  spec: ContainerSpec,
  isDetached: boolean,
): Promise<number> {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(spec.name)) {
    call.err(
      `docker: Error response from daemon: Invalid container name (${spec.name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed\n${HELP}`,
    )
    return 125
  }
  if (/[A-Z]/.test(spec.image.replace(/:[^/]*$/, ''))) {
    call.err(
      `docker: invalid reference format: repository name (library/${spec.image}) must be lowercase\n${HELP}`,
    )
    return 125
  }
  const short = shortLived(spec, host)
  if (short) return short(call)
  const fault = host.faults.takeLaunch()
  const image = fault === 'missing-image' ? undefined : host.docker.findImage(spec.image)
  if (!image) {
    const name = spec.image.replace(/:.*$/, '')
    call.err(
      `Unable to find image '${withTag(spec.image)}' locally\ndocker: Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login'\n${HELP}`,
    )
    return 125
  }
  const holder = host.docker.find(spec.name)
  if (holder) {
    call.err(
      `docker: Error response from daemon: Conflict. The container name "/${spec.name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.\n${HELP}`,
    )
    return 125
  }
  await cluster.pace.sleep(400)
  const container = host.docker.create(spec, image, cluster.nextPid())
  if (fault === 'dispatch-without-container') {
    // The real one prints the id of the container it then fails to start.
    if (isDetached) call.out(`${container.id}\n`)
    host.docker.remove(container)
    call.err(
      `docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]\n${HELP}`,
    )
    return 125
  }
  container.fault = fault
  return startMain(call, host, cluster, container, isDetached)
}

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

/** `-v SOURCE:TARGET[:ro]`. */
export function parseMount(text: string): Container['mounts'][number] {
  const [source = '', target = '', mode = ''] = text.split(':')
  return { source, target: target || source, isReadOnly: mode.split(',').includes('ro') }
}

async function startMain(
  call: Pick<ToolCall, 'out' | 'err' | 'signal'>,
  host: SimHost,
  cluster: Cluster,
  container: Container,
  isDetached: boolean,
): Promise<number> {
  const serve = unwrapShell(container.command)?.find((each) => isServe(each.words))
  const sink = (text: string) => {
    container.log.write(text)
    if (!isDetached) call.out(text)
  }
  const engine = serve
    ? startEngine({
        host,
        cluster,
        container,
        words: serve.words,
        env: { ...container.env, ...serve.env },
        sink,
        shellArgs: container.command.join(' '),
      })
    : undefined
  // Here vLLM is PID 1: the container ends with it.
  engine?.ended.then((status) => host.docker.kill(container, status))
  if (isDetached) {
    call.out(`${container.id}\n`)
    return 0
  }
  const gone = new Promise<number>((resolve) => {
    container.log.follow((entry) => {
      if (entry === undefined) resolve(container.exitCode)
    })
  })
  return Promise.race([gone, aborted(call.signal, 130)])
}

/** Containers that only do one thing and go, as `--entrypoint rm` to delete files of root. */
function shortLived(spec: ContainerSpec, host: SimHost) {
  const [program = '', ...args] = spec.command
  if (program === 'true' || program === 'echo') {
    return (call: Pick<ToolCall, 'out'>) => {
      if (program === 'echo') call.out(`${args.join(' ')}\n`)
      return 0
    }
  }
  if (program !== 'rm' && program !== '/bin/rm') return undefined
  return (call: Pick<ToolCall, 'err'>) => {
    for (const word of parseOptions(args, { flags: [['r', 'R'], ['f']], values: [] }).rest) {
      const path = posix.normalize(word) // `..` stays inside the container
      const mount = spec.mounts.find(
        (each) => path === each.target || path.startsWith(`${each.target}/`),
      )
      if (!mount) continue // a file of the image, which goes with the container
      const real = belowHome(host, join(mount.source, path.slice(mount.target.length)))
      if (real === undefined || mount.isReadOnly) {
        const why = mount.isReadOnly ? 'Read-only file system' : 'Permission denied'
        call.err(`rm: cannot remove '${word}': ${why}\n`)
        return 1
      }
      rmSync(real, { recursive: true, force: true })
    }
    return 0
  }
}

/** The path, if it lies below the simulated home: nothing else is ever touched. */
function belowHome(host: SimHost, path: string): string | undefined {
  const below = relative(host.home, path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : path
}

function unwrapShell(words: readonly string[]): SimpleCommand[] | undefined {
  const [shell = '', option = '', line = ''] = words
  if (/^(\/bin\/)?(ba|da)?sh$/.test(shell) && /^-[lie]*c$/.test(option)) return parseShell(line)
  return [{ words: [...words], env: {}, redirects: [] }]
}

function isServe(words: readonly string[]): boolean {
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

function aborted(signal: AbortSignal, status: number): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(status)
    signal.addEventListener('abort', () => resolve(status), { once: true })
  })
}
