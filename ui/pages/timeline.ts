import type { LeaseView } from '../../core/coordination/lease.ts'
import { nameOf } from '../../core/coordination/resources.ts'
import type { SchedulesPage, ScheduleView } from '../../core/coordination/schedule-routes.ts'
import { formatTime } from '../kit/format.ts'

/** A line of the timeline: a reservation, or a schedule with the times it is due. */
export interface TimelineRow {
  name: string
  resource: string
  isReservation: boolean
  spans: TimelineSpan[]
}

/** Where a bar stands, in percent of the whole, and what it says. */
export interface TimelineSpan {
  startPercent: number
  widthPercent: number
  isClash: boolean
  words: string
}

type Upcoming = SchedulesPage['upcoming'][number]

/** Rows of a page of schedules: reservations first, then schedules in the order they come due. */
export function layTimeline(page: SchedulesPage, leases: readonly LeaseView[]): TimelineRow[] {
  const place = placer(page)
  const reserved = leases.map((lease) => ({
    name: lease.owner,
    resource: nameOf(lease.resource),
    isReservation: true,
    spans: [
      {
        ...place(lease.acquired_at, lease.expires_at),
        isClash: false,
        words: `reserved until ${formatTime(lease.expires_at)}`,
      },
    ],
  }))
  const due = [...new Set(page.upcoming.map(({ schedule }) => schedule))]
  const planned = due.flatMap((id) => {
    const schedule = page.schedules.find((one) => one.id === id)
    if (!schedule) return []
    const spans = page.upcoming
      .filter((one) => one.schedule === id)
      .map((one) => ({
        ...place(one.starts_at, one.ends_at),
        isClash: one.clashes.length > 0,
        words: sayOccurrence(one, page.schedules),
      }))
    const { owner: name, resource } = schedule
    return [{ name, resource: nameOf(resource), isReservation: false, spans }]
  })
  return [...reserved, ...planned]
}

/** `03:00 – 05:00, clashes with agent` */
export function sayOccurrence(one: Upcoming, schedules: readonly ScheduleView[]): string {
  const others = one.clashes.map((id) => schedules.find((it) => it.id === id)?.owner ?? id)
  const time = `${clockTime(one.starts_at)} – ${clockTime(one.ends_at)}`
  return others.length > 0 ? `${time}, clashes with ${others.join(', ')}` : time
}

/** Pairs that want the same at the same time, each once, in words. */
export function listClashes({ upcoming, schedules }: SchedulesPage): string[] {
  const named = (id: string) => `“${schedules.find((it) => it.id === id)?.owner ?? id}”`
  return upcoming.flatMap((one, at) =>
    // They lie in order, so what is named with what comes after it is named once.
    upcoming
      .slice(at + 1)
      .filter((other) => one.clashes.includes(other.schedule) && other.starts_at < one.ends_at)
      .map((other) => {
        const [until = ''] = [one.ends_at, other.ends_at].sort()
        const time = `from ${clockTime(other.starts_at)} to ${clockTime(until)}`
        return `${named(one.schedule)} and ${named(other.schedule)} need the same ${time}.`
      }),
  )
}

const TICK_HOURS = 6
/** A tick later than this has no room for its words. */
const LAST_TICK_PERCENT = 85

/** Ticks every six hours of this device's clock. */
export function listTicks({ from, to }: Pick<SchedulesPage, 'from' | 'to'>) {
  const ticks: { atPercent: number; words: string }[] = []
  const at = new Date(from)
  at.setMinutes(60, 0, 0)
  for (; at.getTime() < Date.parse(to); at.setHours(at.getHours() + 1)) {
    const atPercent = percent(at.getTime(), from, to)
    if (at.getHours() % TICK_HOURS !== 0 || atPercent > LAST_TICK_PERCENT) continue
    ticks.push({ atPercent, words: clockTime(at.toISOString()) })
  }
  return ticks
}

const placer =
  ({ from, to }: SchedulesPage) =>
  (startsAt: string, endsAt: string) => {
    const startPercent = percent(Date.parse(startsAt), from, to)
    return { startPercent, widthPercent: percent(Date.parse(endsAt), from, to) - startPercent }
  }

const percent = (atMs: number, from: string, to: string): number => {
  const share = (atMs - Date.parse(from)) / (Date.parse(to) - Date.parse(from))
  return Math.min(100, Math.max(0, share * 100))
}

const clockTime = (at: string): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
