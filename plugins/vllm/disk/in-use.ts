import { ControlError, type Kind, type Service } from '#core'
import { vllmError } from '../errors.ts'
import { isHostError } from '../launch/container.ts'
import { readServed } from '../read-served.ts'
import { servedBy } from '../served.ts'
import { engineFor, hostsOf } from '../services.ts'
import type { Settings } from '../settings.ts'
import { isServed } from './models.ts'

/**
 * Throws MODEL_IN_USE where an engine serves or loads the model, JOB_RUNNING where a job works on
 * it. Looks now: whoever deletes must not trust the last probe.
 */
export async function assertUnused(
  kind: Pick<Kind<Settings>, 'services' | 'jobs'>,
  repo: string,
  signal: AbortSignal,
): Promise<void> {
  const job = kind.jobs
    .active()
    .find(({ input }) => (input as { model?: unknown } | null)?.model === repo)
  if (job) {
    throw new ControlError('JOB_RUNNING', `“${job.title}” is running and needs ${repo}`, {
      hint: 'wait until it has ended, or cancel it',
      holder: { job: job.id, title: job.title },
      retryAfterS: 10,
    })
  }
  const users = await Promise.all(
    kind.services().map(async (service) => ((await uses(service, repo, signal)) ? service : null)),
  )
  const user = users.find((service) => service !== null)
  if (!user) return
  throw vllmError('MODEL_IN_USE', `${repo} is in use: ${user.id} serves or loads it`, {
    hint: user.settings.manage
      ? `unload it first: POST /api/unload {"service": "${user.id}"}`
      : `${user.id} is watched only, so stop it where it was started`,
  })
}

async function uses(
  service: Service<Settings>,
  repo: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answering = await readServed(service.http(), signal)
  if (answering.state === 'serving') {
    if (answering.root === repo || answering.models.includes(repo)) return true
  } else if (answering.state === 'late' && isServed(repo, servedBy(service).get())) return true
  // an engine that still loads answers nothing, and a draft model is on no list
  return service.settings.manage && (await isNamedByEngine(service, repo, signal))
}

async function isNamedByEngine(
  service: Service<Settings>,
  repo: string,
  signal: AbortSignal,
): Promise<boolean> {
  const engine = engineFor(service)
  const looks = await Promise.all(
    hostsOf(service).map((host) =>
      engine.look(host, signal).catch((thrown: unknown) => {
        // a host that cannot be asked is not deleted from either
        if (isHostError(thrown)) return undefined
        throw thrown
      }),
    ),
  )
  return looks.some(
    (look) =>
      look !== undefined &&
      look.state === 'running' &&
      look.engines.some((args) => args.split(/[\s"'{}:,=\\]+/).includes(repo)),
  )
}
