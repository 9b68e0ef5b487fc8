import { type Host, sh } from '#core'
import { isHostError, lookAt } from './container.ts'
import { vllmError } from './errors.ts'
import type { JobContext } from './job-context.ts'
import { judgeLaunch, type Launch, launchCommand } from './launcher.ts'
import { stopEngine } from './stop-engine.ts'
import { list } from './words.ts'

/** The launcher's own limit and a little more. */
const LAUNCH_TIMEOUT_MS = 930_000
const RUNNING_WITHIN_MS = 20_000
const POLL_MS = 1_000
/** How long a lost host is asked again what became of the launch. */
const LOST_FOR_MS = 180_000

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
  if (attempt > 1) {
    const adopted = await takeOver(context, hosts, launch)
    if (adopted) return adopted
  }
  try {
    await runLauncher(context, hosts, launch)
  } catch (thrown) {
    if (!isHostError(thrown) || context.signal.aborted) throw thrown
    context.job.line('the connection was lost during the launch; looking what became of it')
    const adopted = await takeOverWhenBack(context, hosts, launch, thrown)
    if (adopted) return adopted
    throw thrown
  }
  const containers = await requireRunning(context, hosts)
  context.box.kept.setLaunched(containers)
  return { containers, isAdopted: false }
}

async function runLauncher(
  { job, signal }: JobContext,
  hosts: Host[],
  launch: Launch,
): Promise<void> {
  const head = headOf(hosts)
  const { code, stdout, stderr } = await head.exec(launchCommand(launch), {
    signal,
    timeoutMs: LAUNCH_TIMEOUT_MS,
    onLine: (line) => job.line(line),
  })
  const { mistake, hint } = judgeLaunch(code, `${stdout}\n${stderr}`)
  if (mistake === null) return
  throw vllmError('LAUNCH_FAILED', mistake, {
    ...(hint && { hint }),
    logTail: `${stdout}\n${stderr}`
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-40),
  })
}

/** The ids of the running containers; the launcher does not check `docker run`, so this does. */
async function requireRunning(
  { service, container, signal }: JobContext,
  hosts: Host[],
): Promise<Record<string, string>> {
  const since = service.clock.now()
  for (;;) {
    const looks = await Promise.all(hosts.map((host) => lookAt(host, container, signal)))
    const containers: Record<string, string> = {}
    const missing: string[] = []
    for (const [index, look] of looks.entries()) {
      const id = hosts[index]?.id ?? ''
      if (look.state === 'running') containers[id] = look.id
      else missing.push(id)
    }
    if (missing.length === 0) return containers
    if (service.clock.now() - since > RUNNING_WITHIN_MS) {
      throw vllmError(
        'LAUNCH_FAILED',
        `the launcher reported success, but ${container} does not run on ${list(missing)}`,
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
): Promise<Launched | undefined> {
  await waitForLauncher(context, headOf(hosts))
  const looks = await Promise.all(
    hosts.map((host) => lookAt(host, context.container, context.signal)),
  )
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

async function takeOverWhenBack(
  context: JobContext,
  hosts: Host[],
  launch: Launch,
  lost: unknown,
): Promise<Launched | undefined> {
  const { clock } = context.service
  const since = clock.now()
  for (;;) {
    try {
      return await takeOver(context, hosts, launch)
    } catch (thrown) {
      if (context.signal.aborted || !isHostError(thrown)) throw thrown
      if (clock.now() - since > LOST_FOR_MS) throw lost
    }
    await clock.sleep(5_000, context.signal)
  }
}

/** Whether the main process of these serves the wanted model. */
const isEngineOf = (engines: string[], { serve: [model = ''] }: Launch): boolean =>
  engines.some((args) => args.split(/\s+/).includes(model))

/** A launcher that outlived its controller would start containers behind our back. */
async function waitForLauncher({ job, service, signal }: JobContext, head: Host): Promise<void> {
  const since = service.clock.now()
  let isTold = false
  while (service.clock.now() - since < LAUNCH_TIMEOUT_MS) {
    // [.] keeps the pattern from finding itself
    const { stdout } = await head.exec(
      sh`grep -ls 'launch-cluster[.]sh' "\${SPARK_PROC:-/proc}"/[0-9]*/cmdline || true`,
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
