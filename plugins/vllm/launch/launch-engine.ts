import { arg, type Host, sh } from '#core'
import { vllmError } from '../errors.ts'
import type { JobContext } from '../swap/job-context.ts'
import { stopEngine } from '../swap/stop-engine.ts'
import { list } from '../words.ts'
import { isHostError } from './container.ts'
import type { Launch } from './launch.ts'
import { type Launcher, launcherOf } from './launcher.ts'

/** The longest limit of a launcher's own and a little more. */
const LAUNCH_TIMEOUT_MS = 930_000
const RUNNING_WITHIN_MS = 20_000
const POLL_MS = 1_000
/** How long a lost host is asked again what became of the launch. */
const LOST_FOR_MS = 180_000
const MOST_LAUNCHES = 2

export interface Launched {
  /** Container ids by host. */
  containers: Record<string, string>
  /** A launch of an earlier controller was found and taken over. */
  isAdopted: boolean
}

/**
 * Starts containers and engine, and requires both the launcher's own marker and a running container
 * on every machine. Entered again after a kill, it takes over what runs instead of starting twice.
 */
export async function launchEngine(
  context: JobContext,
  hosts: Host[],
  launch: Launch,
  attempt: number,
): Promise<Launched> {
  const launcher = launcherOf(launch)
  if (attempt > 1) {
    const adopted = await takeOver(context, hosts, launch, launcher)
    if (adopted) return adopted
  }
  for (let launches = 1; ; launches++)
    try {
      await runLauncher(context, hosts, launcher)
      break
    } catch (thrown) {
      const isLost = isHostError(thrown)
      if (context.signal.aborted || (!isLost && launches === 1)) throw thrown
      if (isLost)
        context.job.line('the connection was lost during the launch; looking what became of it')
      // also where the second finds that the first was under way after all
      const adopted = await whenBack(context, () => takeOver(context, hosts, launch, launcher))
      if (adopted) return adopted
      // nothing of it runs, so it may be begun once more
      if (launches === MOST_LAUNCHES) throw thrown
    }
  const containers = await whenBack(context, () => requireRunning(context, hosts, launcher))
  context.box.kept.setLaunched(containers)
  return { containers, isAdopted: false }
}

async function runLauncher(
  { job, signal }: JobContext,
  hosts: Host[],
  launcher: Launcher,
): Promise<void> {
  const head = headOf(hosts)
  const { code, stdout, stderr } = await head.exec(launcher.start(), {
    signal,
    timeoutMs: LAUNCH_TIMEOUT_MS,
    onLine: (line) => job.line(line),
  })
  const { mistake, hint } = launcher.judge(code, `${stdout}\n${stderr}`)
  if (mistake === null) return
  throw vllmError('LAUNCH_FAILED', mistake, {
    ...(hint && { hint }),
    logTail: `${stdout}\n${stderr}`
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-40),
  })
}

/**
 * The ids of what runs; launch-cluster.sh does not check `docker run`, so this does. An engine that
 * ended at once and stays has its log: the watch over the load will name the cause.
 */
async function requireRunning(
  { service, signal }: JobContext,
  hosts: Host[],
  launcher: Launcher,
): Promise<Record<string, string>> {
  const since = service.clock.now()
  for (;;) {
    const looks = await Promise.all(hosts.map((host) => launcher.look(host, signal)))
    const containers: Record<string, string> = {}
    const missing: string[] = []
    for (const [index, look] of looks.entries()) {
      const id = hosts[index]?.id ?? ''
      const isThere = look.state === 'running' || (look.state === 'stopped' && launcher.isKept)
      if (isThere) containers[id] = look.id
      else missing.push(id)
    }
    if (missing.length === 0) return containers
    if (service.clock.now() - since > RUNNING_WITHIN_MS) {
      throw vllmError(
        'LAUNCH_FAILED',
        `the launcher reported success, but ${launcher.name} does not run on ${list(missing)}`,
        {
          hint: `start it by hand on ${missing[0]} to see why: docker run --rm --gpus all <image> true`,
        },
      )
    }
    await service.clock.sleep(POLL_MS, signal)
  }
}

/** A launch that an earlier controller began: waits for its launcher, then takes over or clears. */
async function takeOver(
  context: JobContext,
  hosts: Host[],
  launch: Launch,
  launcher: Launcher,
): Promise<Launched | undefined> {
  await waitForStarter(context, headOf(hosts), launcher)
  const looks = await Promise.all(hosts.map((host) => launcher.look(host, context.signal)))
  const containers: Record<string, string> = {}
  for (const [index, look] of looks.entries()) {
    // the head's command names the model; a worker's processes may only call themselves VLLM or ray
    if (look.state !== 'running' || (index === 0 && !isEngineOf(look.engines, launch))) continue
    containers[hosts[index]?.id ?? ''] = look.id
  }
  if (Object.keys(containers).length === hosts.length) {
    context.job.line('the model is being loaded already; taking over')
    context.box.kept.setLaunched(containers)
    return { containers, isAdopted: true }
  }
  if (looks.some((look) => look.state !== 'absent')) {
    context.job.line('an unfinished launch was found; stopping it before starting anew')
    await stopEngine(context, hosts)
  }
  return undefined
}

/** Asks again while a host cannot be asked, for LOST_FOR_MS. */
async function whenBack<T>({ service, signal }: JobContext, ask: () => Promise<T>): Promise<T> {
  const { clock } = service
  const since = clock.now()
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      const isOver = signal.aborted || clock.now() - since > LOST_FOR_MS
      if (isOver || !isHostError(thrown)) throw thrown
    }
    await clock.sleep(5_000, signal)
  }
}

/** Whether the main process of these serves the wanted model. */
const isEngineOf = (engines: string[], { serve: [model = ''] }: Launch): boolean =>
  engines.some((args) => args.split(/\s+/).includes(model))

/** A start that outlived its controller would start containers behind our back. */
async function waitForStarter(
  { job, service, signal }: JobContext,
  head: Host,
  { starter }: Launcher,
): Promise<void> {
  if (starter === null) return
  const since = service.clock.now()
  let isTold = false
  while (service.clock.now() - since < LAUNCH_TIMEOUT_MS) {
    const { stdout } = await head.exec(
      sh`grep -ls -e ${arg(starter)} -- "\${SPARK_PROC:-/proc}"/[0-9]*/cmdline || true`,
      { signal },
    )
    if (stdout.trim() === '') return
    if (!isTold) job.line('the launcher of before is still at work; waiting for it')
    isTold = true
    await service.clock.sleep(2_000, signal)
  }
}

function headOf(hosts: Host[]): Host {
  const [head] = hosts
  if (!head) throw vllmError('LAUNCH_FAILED', 'the machines of this model left the topology')
  return head
}
