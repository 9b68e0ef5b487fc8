import type { LeaseView } from '../../core/coordination/lease.ts'
import { nameOf } from '../../core/coordination/resources.ts'
import type { SchedulesPage, ScheduleView } from '../../core/coordination/schedule-routes.ts'
import { formatClock, formatTime } from '../kit/format.ts'

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
  const time = `${formatClock(one.starts_at)} – ${formatClock(one.ends_at)}`
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
        const time = `from ${formatClock(other.starts_at)} to ${formatClock(until)}`
        return `${named(one.schedule)} and ${named(other.schedule)} need the same ${time}.`
      }),
  )
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
