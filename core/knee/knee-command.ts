import { setTimeout as wait } from 'node:timers/promises'
import { ControlError } from '../errors.ts'
import type { JobView } from '../views.ts'

export interface KneeFlags {
  /** Address of the controller. */
  url: string
  most?: number
  token?: string
}

interface Measured {
  topology_line: string
  levels: { concurrency: number; per_second: number; median_s: number }[]
}

/**
 * Has the controller measure a service, shows how it goes and prints the line for topology.yaml. When
 * the signal aborts, the measurement is cancelled. Throws what the controller answers.
 */
export async function measureKnee(
  service: string,
  { url, most, token }: KneeFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const ask = askerOf(url, token)
  const body = most === undefined ? {} : { most }
  const { job } = await ask<{ job: JobView }>(
    'POST',
    `services/${encodeURIComponent(service)}/knee`,
    body,
  )
  const cancel = () => void ask('POST', `jobs/${job.id}/cancel`, {}).catch(() => {}) // it may have ended
  signal.addEventListener('abort', cancel, { once: true })
  print(`${job.title}, straight at its server. Others who use it wait for longer meanwhile.\n`)
  let seen = job
  for (let told = -1; seen.ended_at === null; await wait(200)) {
    seen = await ask<JobView>('GET', `jobs/${job.id}?wait=2`)
    const percent = seen.percent ?? 0
    if (percent > told) print(`  ${percent} %\n`)
    told = percent
  }
  if (seen.error)
    throw new ControlError(seen.error.code, seen.error.message, { ...hintOf(seen.error) })
  if (seen.state === 'cancelled')
    throw new ControlError('JOB_CANCELLED', 'the measurement was cancelled')
  print(report(service, seen.result as Measured))
}

function askerOf(url: string, token: string | undefined) {
  const base = url.replace(/\/+$/, '')
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${base}/api/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new ControlError('UPSTREAM_UNREACHABLE', `no controller answers at ${base}`, {
        hint: 'start it, or name its address with --url',
        cause,
      })
    })
    const said = (await answer.json()) as T & {
      error?: { code: string; message: string; hint?: string }
    }
    if (answer.ok) return said
    const { code = 'INTERNAL', message = `answered ${answer.status}`, ...rest } = said.error ?? {}
    throw new ControlError(code, message, { ...hintOf(rest) })
  }
}

const hintOf = ({ hint }: { hint?: string }) => (hint === undefined ? {} : { hint })

function report(service: string, { levels, topology_line }: Measured): string {
  const rows = levels.map(
    ({ concurrency, per_second, median_s }) =>
      `${String(concurrency).padStart(10)}${String(per_second).padStart(12)}${String(median_s).padStart(14)}\n`,
  )
  return `\n   at once    a second   each took, s\n${rows.join('')}\nPut under services.${service} in topology.yaml:\n    ${topology_line}\n`
}
