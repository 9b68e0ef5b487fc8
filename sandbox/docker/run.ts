import type { Cluster, SimHost, Tool, ToolCall } from '../cluster.ts'
import { bootContainer } from './boot.ts'
import type { Container, ContainerSpec } from './daemon.ts'
import { withTag } from './daemon.ts'
import { aborted, parseEnv } from './exec.ts'
import { tooFew, usage } from './list.ts'
import { lastValue, parseOptions } from './options.ts'
import { shortLived } from './short-lived.ts'

const HELP = "\nRun 'docker run --help' for more information\n"

// Understood and without effect here, since a simulated container has no such thing.
const IGNORED_VALUES = `add-host cap-add cap-drop cpus cpuset-cpus device gpus h hostname ipc
  log-driver log-opt memory m memory-swap net network p pid pids-limit platform publish pull
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
      ['label', 'l'],
      ['restart'],
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
    labels: Object.fromEntries((parsed.values.get('label') ?? []).map(parseEnv)),
    autoRemoves: parsed.flags.has('rm'),
    restartPolicy: /^(always|unless-stopped)$/.test(lastValue(parsed, 'restart') ?? '')
      ? 'unless-stopped'
      : 'no',
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
  bootContainer(container, host, cluster, (text) => {
    if (!isDetached) call.out(text)
  })
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

/** `-v SOURCE:TARGET[:ro]`. */
export function parseMount(text: string): Container['mounts'][number] {
  const [source = '', target = '', mode = ''] = text.split(':')
  return { source, target: target || source, isReadOnly: mode.split(',').includes('ro') }
}
