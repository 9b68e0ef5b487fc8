import { For, Show } from 'solid-js'
import type { UptimeView } from '../../core/connectivity/connectivity-routes.ts'
import { count, formatTime } from '../kit/format.ts'
import { nameOfSubject, type SubjectView, wordsOf } from './connectivity-view.ts'
import { Placed } from './Placed.tsx'

/** One machine, service or container over the time shown: its uptime in words, and as a line. */
export function ConnectivityLine(props: {
  subject: SubjectView
  view: Pick<UptimeView, 'from' | 'to'>
}) {
  const placeOf = (at: string): number => {
    const [from, to] = [Date.parse(props.view.from), Date.parse(props.view.to)]
    return Math.min(100, Math.max(0, ((Date.parse(at) - from) / (to - from)) * 100))
  }
  return (
    <div class="timeline-row">
      <p class="small">
        <strong>{nameOfSubject(props.subject.subject)}</strong>{' '}
        <span class="muted">{sayUptime(props.subject)}</span>
      </p>
      <div class="timeline-track" aria-hidden="true">
        <For each={props.subject.spans}>
          {(span) => (
            <Placed
              class="timeline-span"
              look={span.presence}
              start={placeOf(span.from)}
              width={placeOf(span.to) - placeOf(span.from)}
              words={`${wordsOf(span.state)} from ${formatTime(span.from)}`}
            />
          )}
        </For>
      </div>
      <Show when={props.subject.days.length > 2}>
        <p class="muted tiny">By day (UTC): {props.subject.days.map(sayDay).join(' · ')}</p>
      </Show>
    </div>
  )
}

function sayUptime({ days }: SubjectView): string {
  const sum = (pick: (day: SubjectView['days'][number]) => number) =>
    days.reduce((all, day) => all + pick(day), 0)
  const [up, down, outages] = [sum((d) => d.up_s), sum((d) => d.down_s), sum((d) => d.outages)]
  if (up + down === 0) return 'not known'
  const share = Math.floor((up / (up + down)) * 10_000) / 100
  const percent = share === 100 && outages > 0 ? 99.99 : share
  return `${percent} % · ${outages === 0 ? 'no outage' : count(outages, 'outage')}`
}

const sayDay = ({ day, uptime_percent }: SubjectView['days'][number]): string =>
  `${day.slice(5)}: ${uptime_percent === null ? 'not known' : `${uptime_percent} %`}`
