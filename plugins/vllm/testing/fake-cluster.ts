import { ControlError, display, type ExecOptions, type ExecResult, type Host } from '#core'
import { ENGINE_LOG, type FakeContainer, type Faults } from './fake-parts.ts'
import { createFakeUpstream } from './fake-upstream.ts'
import { createHastyClock } from './hasty-clock.ts'

const HELP = 'Usage: ./launch-cluster.sh [options]\n  --solo   one node\n  -d   daemon\n'
const GIB = 2 ** 30

/** Machines, their containers, the launcher and the engine's port, in memory. */
export function createFakeCluster(ids = ['spark-1', 'spark-2']) {
  const clock = createHastyClock()
  const faults: Faults = {
    down: new Set(),
    help: HELP,
    hasLauncher: true,
    missingImages: new Set(),
    imageIds: {},
    launch: {},
    dies: null,
    loadMs: 60_000,
    stuck: false,
    withoutRm: false,
    foreign: null,
    answers: true,
    callsTools: true,
    memoryStays: false,
  }
  const containers = new Map<string, FakeContainer>()
  /** Every command in order, as `host: command`. */
  const commands: string[] = []
  let nextId = 1
  let launches = 0

  const isServing = (): string | null => {
    if (faults.foreign) return faults.foreign
    const container = containers.get(ids[0] ?? '')
    const engine = container?.engines[0]
    if (container?.state !== 'running' || !engine) return null
    if (clock.now() - container.startedAtMs < faults.loadMs) return null
    return /serve (\S+)/.exec(engine)?.[1] ?? null
  }

  const tick = () => {
    const { dies } = faults
    if (!dies) return
    for (const [host, container] of containers) {
      if (clock.now() - container.startedAtMs < dies.afterMs || container.engines.length === 0) {
        continue
      }
      container.engines = []
      container.log.push(...((host === ids[0] ? dies.log : dies.workerLog) ?? []))
      if (dies.exit === 'oom') Object.assign(container, { state: 'exited', exitCode: 137 })
    }
  }

  function start(host: string, engine: string): void {
    containers.set(host, {
      id: `${nextId++}`.padStart(64, '0'),
      state: 'running',
      exitCode: 0,
      isOomKilled: false,
      engines: [engine],
      log: [...ENGINE_LOG],
      startedAtMs: clock.now(),
    })
  }

  function run(host: string, command: string): { code: number; stdout?: string; stderr?: string } {
    tick()
    if (command.includes('# looks at')) return { code: 0, stdout: look(host) }
    if (command.includes('# reads the memory')) return { code: 0, stdout: memoryOn(host) }
    if (command.includes('image inspect')) return inspectImage(host, command)
    if (command.includes('--help')) {
      return faults.hasLauncher
        ? { code: 0, stdout: `launch-cluster.sh\n${faults.help}` }
        : { code: 2, stderr: 'sh: cd: can’t cd to /home/u/spark-vllm-docker' }
    }
    if (command.startsWith('grep')) return { code: 0 }
    if (/ stop -t 15 /.test(command)) return stop(host)
    if (/^docker rm /.test(command)) {
      containers.delete(host)
      return { code: 0 }
    }
    if (/ logs --tail /.test(command)) {
      return { code: 0, stdout: containers.get(host)?.log.join('\n') ?? '' }
    }
    if (command.includes('launch-cluster.sh')) return launch(command)
    throw new Error(`the fake cluster does not know: ${command}`)
  }

  function launch(command: string) {
    launches++
    const { code = 0, output, startsContainers = true } = faults.launch
    const isSolo = command.includes('--solo')
    const engine = `/usr/bin/python3 /usr/local/bin/vllm ${command.slice(command.indexOf('serve '))}`
    if (startsContainers) {
      for (const host of isSolo ? ids.slice(0, 1) : ids)
        start(host, host === ids[0] ? engine : 'VLLM::Worker_TP1')
    }
    return {
      code,
      stdout:
        output ??
        'Head Node: x\nCommand dispatched in background (Daemon mode). Container: vllm_node\n',
    }
  }

  function stop(host: string) {
    const container = containers.get(host)
    if (!container) return { code: 1, stderr: 'Error: No such container: vllm_node' }
    if (faults.stuck)
      return { code: 1, stderr: 'tried to kill container, but did not receive an exit event' }
    if (faults.withoutRm) Object.assign(container, { state: 'exited', exitCode: 137, engines: [] })
    else containers.delete(host)
    return { code: 0 }
  }

  function inspectImage(host: string, command: string) {
    const image = command.split(' ').at(-1) ?? ''
    if (faults.missingImages.has(host)) {
      return { code: 1, stderr: `Error response from daemon: No such image: ${image}` }
    }
    return { code: 0, stdout: `${faults.imageIds[host] ?? 'sha256:1'}\n` }
  }

  function meminfo(host: string): string[] {
    const used = containers.get(host)?.engines.length || faults.memoryStays ? 60 * GIB : 0
    return [
      `MEM\tMemTotal:\t${(120 * GIB) / 1024}`,
      `MEM\tMemFree:\t${(100 * GIB - used) / 1024}`,
      `MEM\tMemAvailable:\t${(110 * GIB - used) / 1024}`,
    ]
  }

  /** A GB10, whose memory is the machine's, with the engine on it. */
  function memoryOn(host: string): string {
    const container = containers.get(host)
    const engine = container?.engines.length
      ? ['APP\t900, GPU-1, 61440, VLLM::EngineCore', `OWNER\t900\t${container.id}`]
      : []
    const boxes = container ? [`BOX\t${container.id} vllm_node`] : []
    const gpu = 'GPU\t0, GPU-1, [N/A], [N/A], [N/A]'
    return [...meminfo(host), gpu, ...engine, ...boxes, 'END\n'].join('\n')
  }

  function look(host: string): string {
    const container = containers.get(host)
    const memory = meminfo(host)
    if (!container) {
      return [...memory, 'INSPECT\t1', '|Error: No such container: vllm_node', 'END\n'].join('\n')
    }
    const details = JSON.stringify([
      {
        Id: container.id,
        Config: {
          Image: 'vllm-node',
          Labels: container.owner ? { 'spark-control.service': container.owner } : {},
        },
        State: {
          Running: container.state === 'running',
          ExitCode: container.exitCode,
          OOMKilled: container.isOomKilled,
          StartedAt: new Date(container.startedAtMs).toISOString(),
        },
      },
    ])
    const top = [
      '|PID  COMMAND',
      '|1  sleep infinity',
      ...container.engines.map((args, n) => `|${n + 9}  ${args}`),
    ]
    return [...memory, 'INSPECT\t0', `|${details}`, 'TOP\t0', ...top, 'END\n'].join('\n')
  }

  async function follow(host: string, { signal, onLine }: ExecOptions): Promise<ExecResult> {
    let shown = 0
    for (;;) {
      signal?.throwIfAborted()
      if (faults.down.has(host)) throw lost(host)
      const container = containers.get(host)
      for (const line of container?.log.slice(shown) ?? []) {
        shown++
        onLine?.(line, 'stdout')
      }
      if (container?.state !== 'running') return result({ code: 0 })
      await clock.sleep(0, signal)
    }
  }

  const createHost = (id: string): Host => {
    const exec: Host['exec'] = async (command, options = {}) => {
      options.signal?.throwIfAborted()
      const text = display(command)
      if (faults.down.has(id)) throw lost(id)
      if (/ logs (--tail \d+ )?-f /.test(text)) return follow(id, options)
      if (!/# (looks at|reads the memory)/.test(text)) commands.push(`${id}: ${text}`)
      await new Promise((resolve) => setImmediate(resolve))
      const said = result(run(id, text))
      for (const line of said.stdout.split('\n')) options.onLine?.(line, 'stdout')
      return said
    }
    return {
      id,
      address: `192.0.2.${ids.indexOf(id) + 1}`,
      spec: {
        address: `192.0.2.${ids.indexOf(id) + 1}`,
        user: 'alice',
        ssh: { port: 22 },
        model_dirs: [],
        container_runtime: 'docker',
        memory: 'auto',
        local: false,
      },
      exec,
      async run(command, options) {
        const said = await exec(command, options)
        if (said.code !== 0) throw new ControlError('COMMAND_FAILED', said.stderr)
        return said
      },
    }
  }

  const upstream = createFakeUpstream(isServing, faults)
  return {
    clock,
    faults,
    containers,
    commands,
    upstream,
    hosts: new Map(ids.map((id) => [id, createHost(id)])),
    start,
    get launches() {
      return launches
    },
  }
}
export type FakeCluster = ReturnType<typeof createFakeCluster>

const lost = (id: string) => new ControlError('HOST_UNREACHABLE', `${id} does not answer`)

const result = (said: { code: number; stdout?: string; stderr?: string }): ExecResult => ({
  code: said.code,
  stdout: said.stdout ?? '',
  stderr: said.stderr ?? '',
  isTruncated: false,
  durationMs: 1,
})
