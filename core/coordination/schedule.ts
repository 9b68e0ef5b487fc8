import { type Static, Type } from '@sinclair/typebox'
import { Cron } from 'croner'
import { ControlError } from '../errors.ts'
import { isZone } from '../time-zone.ts'
import { Line, RESOURCE } from './request-parts.ts'

const MAX_DURATION_S = 7 * 86_400

/** What a program says of its need: when, for how long, of what. */
export const ScheduleBody = Type.Object({
  owner: Line(100, 'who will need it, as people are to read it'),
  contact: Type.Optional(Line(200, 'whom to ask: a name, an address, a channel')),
  note: Type.Optional(Line(300, 'what for')),
  model: Type.Optional(Line(200, 'the model it will load or ask for')),
  resource: Type.String({
    pattern: RESOURCE,
    default: 'gpu',
    description: 'gpu, gpu:<host> or the id of a service',
  }),
  duration_s: Type.Integer({ minimum: 60, maximum: MAX_DURATION_S }),
  cron: Type.Optional(
    Type.String({ maxLength: 100, description: 'five fields: minute hour day month weekday' }),
  ),
  time_zone: Type.String({
    maxLength: 64,
    default: 'UTC',
    description: 'IANA time zone the cron expression is meant in, such as Europe/Berlin',
  }),
  at: Type.Optional(
    Type.String({
      format: 'date-time',
      maxLength: 40,
      pattern: '(Z|[+-]\\d\\d:\\d\\d)$',
      description: 'instead of cron: the one time, RFC 3339 with its offset',
    }),
  ),
  plan: Type.Optional(Type.String({ maxLength: 200 })),
})
export type ScheduleBody = Static<typeof ScheduleBody>

/** A schedule as it is kept. Nothing is ever run by it. */
export interface Schedule extends Omit<ScheduleBody, 'plan'> {
  id: string
  created_at: string
  updated_at: string
}

/**
 * The starts of a schedule after `afterMs`, in order. Where clocks are put forward a time that does
 * not exist is taken at the change; where they are put back, a time that comes twice is taken once.
 */
export function* startsOf(
  { cron, time_zone, at }: Pick<Schedule, 'cron' | 'time_zone' | 'at'>,
  afterMs: number,
): Generator<number> {
  if (at !== undefined) {
    const startMs = Date.parse(at)
    if (startMs > afterMs) yield startMs
    return
  }
  const runs = new Cron(cron ?? '', { timezone: time_zone, mode: '5-part' })
  let next = runs.nextRun(new Date(afterMs))
  while (next) {
    yield next.getTime()
    next = runs.nextRun(next)
  }
}

/** Throws VALIDATION where the schema cannot say what is wrong: the cron expression, its zone, both or none. */
export function checkSchedule(body: ScheduleBody, nowMs: number): void {
  const { cron, at, time_zone } = body
  if ((cron === undefined) === (at === undefined))
    throw invalid('cron', 'is needed, or at for a single time; not both')
  if (!isZone(time_zone))
    throw invalid('time_zone', `is "${time_zone}"; expected an IANA name such as Europe/Berlin`)
  if (at !== undefined && Date.parse(at) + body.duration_s * 1000 <= nowMs)
    throw invalid('at', `is ${at}, which is over`)
  if (cron !== undefined) checkCron(cron, time_zone, nowMs)
}

function checkCron(cron: string, time_zone: string, nowMs: number): void {
  try {
    if (startsOf({ cron, time_zone }, nowMs).next().done === false) return
  } catch (cause) {
    const why = (cause as Error).message.replace(/^\w+: /, '')
    throw invalid('cron', `is "${cron}": ${why}`, cause)
  }
  throw invalid('cron', `is "${cron}", which never comes`)
}

const invalid = (path: string, message: string, cause?: unknown): ControlError =>
  new ControlError('VALIDATION', `${path}: ${message}`, { details: [{ path, message }], cause })
