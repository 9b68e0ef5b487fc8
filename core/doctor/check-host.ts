import { parseSurvey, type Survey, surveyCommand } from '../discover/survey.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { sh } from '../hosts/sh.ts'
import type { Clock } from '../plugin.ts'
import type { HostView } from '../views.ts'
import { type Finding, findingOf } from './finding.ts'

/** From here on certificates, signatures and schedules begin to disagree. */
const SKEW_S = 5
const TIMEOUT_MS = 20_000

/** Checks the way to a host and what is needed there. Reads only. */
export async function checkHost(hosts: Hosts, id: string, clock: Clock): Promise<Finding[]> {
  const view = await hosts.pollNow(id)
  const way = wayTo(view)
  if (view.state !== 'ok') return [way]
  const findings = [way, ...judgeFigures(view)]
  try {
    const host = hosts.get(id)
    const [survey, date] = await Promise.all([
      host.run(surveyCommand(), { timeoutMs: TIMEOUT_MS }),
      host.run(sh`date +%s`, { timeoutMs: TIMEOUT_MS }),
    ])
    findings.push(judgeRuntime(id, parseSurvey(survey.stdout)))
    findings.push(judgeClock(id, Number(date.stdout.trim()), clock.now() / 1000))
  } catch (thrown) {
    findings.push(findingOf(thrown, 'bad', id))
  }
  return findings
}

function wayTo({ id, state, round_trip_ms, error }: HostView): Finding {
  if (state === 'ok')
    return { subject: id, level: 'fine', message: `reached by SSH in ${round_trip_ms} ms` }
  if (state === 'none')
    return {
      subject: id,
      level: 'warning',
      message: 'no user is set, so it is reached by HTTP only',
    }
  const { code, message = `not reached (${state})`, hint } = error ?? {}
  return {
    ...{ subject: id, level: 'bad', message },
    ...(code !== undefined && { code }),
    ...(hint !== undefined && { hint }),
  }
}

/** What the figures of a host say about it. */
function judgeFigures({ id, figures, low_disks = [] }: HostView): Finding[] {
  const found: Finding[] = low_disks.map((path) => ({
    ...{ subject: id, level: 'warning', message: `the disk of ${path} is nearly full` },
    hint: 'delete models that are no longer needed',
  }))
  if (!figures) return found
  found.push(
    figures.gpus.length > 0
      ? { subject: id, level: 'fine', message: figures.gpus.map(({ name }) => name).join(', ') }
      : {
          ...{ subject: id, level: 'warning', message: 'no NVIDIA GPU was found' },
          hint: 'nvidia-smi is missing, or does not answer',
        },
  )
  const { fabric } = figures
  if (fabric?.interface === null)
    found.push({
      ...{ subject: id, level: 'bad', message: 'no interface has the address of fabric' },
      hint: `correct hosts.${id}.fabric, or give an interface that address`,
    })
  else if (fabric && !fabric.is_up)
    found.push({
      ...{ subject: id, level: 'bad', message: `the fast link (${fabric.interface}) is down` },
      hint: 'is the cable in at both ends?',
    })
  else if (fabric)
    found.push({ subject: id, level: 'fine', message: `the fast link (${fabric.interface}) is up` })
  return found
}

/** Whether containers can be run by the login user. */
function judgeRuntime(id: string, { runtime, runtimeTrouble }: Survey): Finding {
  if (runtime === null)
    return {
      ...{ subject: id, level: 'warning', message: 'neither docker nor podman is there' },
      hint: 'only servers that run without a container can be started on it',
    }
  if (runtimeTrouble === null) return { subject: id, level: 'fine', message: `${runtime} answers` }
  const isDenied = /permission denied/i.test(runtimeTrouble)
  return {
    ...{ subject: id, level: 'bad', message: `${runtime} refuses: ${runtimeTrouble}` },
    hint: isDenied
      ? 'run on the host: sudo usermod -aG docker $USER, then log in anew'
      : `is ${runtime} started on the host?`,
  }
}

/** Whether host and controller agree on the time. */
function judgeClock(id: string, theirS: number, ourS: number): Finding {
  const skewS = Math.round(theirS - ourS)
  if (Math.abs(skewS) <= SKEW_S || Number.isNaN(skewS))
    return { subject: id, level: 'fine', message: 'its clock agrees with this machine' }
  return {
    ...{ subject: id, level: 'warning' },
    message: `its clock is ${Math.abs(skewS)} s ${skewS > 0 ? 'ahead of' : 'behind'} this machine`,
    hint: 'switch on time synchronisation on both: timedatectl set-ntp true',
  }
}
