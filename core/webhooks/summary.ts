import { createHash } from 'node:crypto'
import { toAt } from '../clock.ts'
import type { Happening } from '../events/happening.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { isTrouble, wordsOf } from './words.ts'

interface Held {
  happening: Happening
  atMs: number
}

/** A message is read on a phone, and chats cut long ones; the dashboard has the rest. */
const MOST_LINES = 20

/** Of each job, reservation and disk the last that happened: its beginning is no news at its end. */
export function latestOfEach<T extends Held>(held: readonly T[]): T[] {
  return held.filter(({ happening }, index) => {
    const thread = threadOf(happening)
    return !held.slice(index + 1).some((later) => threadOf(later.happening) === thread)
  })
}

function threadOf({ key, name, data }: Happening): string {
  if (name === 'disk_low') return `disk:${String(data.host)}:${String(data.path)}`
  if (name.startsWith('lease_')) return `lease:${String(data.fence)}`
  return typeof data.job_id === 'string' ? `job:${data.job_id}` : key
}

/** One message for all that was held while it was quiet, oldest first. */
export function summaryOf(
  { quiet_hours }: Pick<WebhookSpec, 'quiet_hours'>,
  held: readonly Held[],
  nowMs: number,
): Happening {
  const keys = held.map(({ happening }) => happening.key).join('\n')
  const time = new Intl.DateTimeFormat('en-GB', {
    ...(quiet_hours?.time_zone !== undefined && { timeZone: quiet_hours.time_zone }),
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  })
  const shown = held.slice(-MOST_LINES)
  const left = held.length - shown.length
  return {
    key: `summary:${nowMs}:${createHash('sha256').update(keys).digest('hex').slice(0, 16)}`,
    name: 'summary',
    subject: 'While it was quiet',
    data: {
      is_trouble: held.some(({ happening }) => isTrouble(happening)),
      lines: [
        ...(left > 0 ? [`${left} earlier, which the dashboard has`] : []),
        ...shown.map(({ happening, atMs }) => `${time.format(atMs)} ${wordsOf(happening)}`),
      ],
      events: held.map(({ happening: { name, data }, atMs }) => ({
        ...{ type: name, timestamp: toAt(atMs), data },
      })),
    },
  }
}
