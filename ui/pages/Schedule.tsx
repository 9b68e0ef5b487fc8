import { For, Show } from 'solid-js'
import { nameOf } from '../../core/coordination/resources.ts'
import type { SchedulesPage, ScheduleView } from '../../core/coordination/schedule-routes.ts'
import { call } from '../client.ts'
import { act } from '../kit/Act.tsx'
import { Button, LinkButton } from '../kit/Button.tsx'
import { now } from '../kit/clock.ts'
import { createFetched } from '../kit/fetched.ts'
import { count, formatSeconds, formatTime, sentence } from '../kit/format.ts'
import { Page, Section, Skeleton } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Empty, ErrorNotice, Notice } from '../kit/Notice.tsx'
import { Code } from '../kit/Text.tsx'
import { live } from '../live.ts'
import { Placed } from './Placed.tsx'
import { listTicks } from './ticks.ts'
import { layTimeline, listClashes, type TimelineRow } from './timeline.ts'

const REFRESH_MS = 300_000

/** Who needs the machines when: reservations, what programs have registered, and what clashes. */
export default function Schedule() {
  const page = createFetched(() => call<SchedulesPage>('GET /api/coordination/schedules'), {
    topics: ['schedules'],
    // the day shown begins now
    of: () => Math.floor(now() / REFRESH_MS),
  })
  return (
    <Page
      title="Schedule"
      lead="When programs will need the machines, as they have registered it. Nothing is run by it."
      actions={<LinkButton href="/audit">Who did what</LinkButton>}
    >
      <Show when={page.error()}>
        <ErrorNotice title="The schedules could not be fetched." error={page.error()} />
      </Show>
      <Show when={page.value()} fallback={<Skeleton lines={6} />}>
        {(value) => (
          <>
            <Section title="The next 24 hours">
              <Clashes page={value()} />
              <Timeline page={value()} />
            </Section>
            <Section title="Registered">
              <Show when={value().schedules.length > 0} fallback={<NoSchedules />}>
                <List label="Schedules">
                  <For each={value().schedules}>{(schedule) => <Row schedule={schedule} />}</For>
                </List>
              </Show>
            </Section>
          </>
        )}
      </Show>
    </Page>
  )
}

function Clashes(props: { page: SchedulesPage }) {
  const clashes = () => listClashes(props.page)
  return (
    <Show when={clashes().length > 0}>
      <Notice tone="warn" title="Not everybody can have what they need.">
        <ul class="list">
          <For each={clashes()}>{(words) => <li>{words}</li>}</For>
        </ul>
      </Notice>
    </Show>
  )
}

function Timeline(props: { page: SchedulesPage }) {
  const rows = () => layTimeline(props.page, live.leases)
  return (
    <Show
      when={rows().length > 0}
      fallback={<Empty title="Nothing is reserved and nothing is due." />}
    >
      <div class="card timeline">
        <div class="timeline-ticks" aria-hidden="true">
          <For each={listTicks(props.page)}>
            {(tick) => <Placed class="timeline-tick" start={tick.atPercent} words={tick.words} />}
          </For>
        </div>
        <For each={rows()}>{(row) => <TimelineLine row={row} />}</For>
      </div>
    </Show>
  )
}

const TimelineLine = (props: { row: TimelineRow }) => (
  <div class="timeline-row">
    <p class="small">
      <strong>{props.row.name}</strong>{' '}
      <span class="muted">
        {props.row.resource} · {sayTimes(props.row)}
      </span>
    </p>
    <div class="timeline-track" aria-hidden="true">
      <For each={props.row.spans}>
        {(span) => (
          <Placed
            class="timeline-span"
            look={props.row.isReservation ? 'reserved' : span.isClash ? 'clash' : 'planned'}
            start={span.startPercent}
            width={span.widthPercent}
            words={span.words}
          />
        )}
      </For>
    </div>
  </div>
)

const MOST_TIMES = 3

const sayTimes = ({ spans }: TimelineRow): string => {
  const said = spans.slice(0, MOST_TIMES).map(({ words }) => words)
  const more = spans.length - said.length
  return `${said.join('; ')}${more > 0 ? `; and ${count(more, 'more time')}` : ''}`
}

const Row = (props: { schedule: ScheduleView }) => (
  <ListItem
    title={props.schedule.owner}
    subtitle={
      <>
        {nameOf(props.schedule.resource)} for {formatSeconds(props.schedule.duration_s)}
        <Show when={props.schedule.model}>
          {(model) => (
            <>
              {' · '}
              <Code>{model()}</Code>
            </>
          )}
        </Show>
        <Show when={props.schedule.contact}>{(contact) => <> · ask {contact()}</>}</Show>
      </>
    }
    aside={<When schedule={props.schedule} />}
    actions={
      <Button
        size="small"
        aria-label={`Remove the schedule of ${props.schedule.owner}`}
        onClick={() =>
          act({
            route: `DELETE /api/coordination/schedules/${props.schedule.id}`,
            keep: 'Keep it',
            done: 'The schedule is removed.',
          })
        }
      >
        Remove…
      </Button>
    }
  >
    <Show when={props.schedule.note}>{(note) => <p class="small">{sentence(note())}</p>}</Show>
  </ListItem>
)

const When = (props: { schedule: ScheduleView }) => (
  <>
    <div>
      <Show when={props.schedule.next_at} fallback="over">
        {(at) => <>next {formatTime(at())}</>}
      </Show>
    </div>
    <Show when={props.schedule.cron}>
      {(cron) => (
        <div class="muted tiny">
          <Code>{cron()}</Code> {props.schedule.time_zone}
        </div>
      )}
    </Show>
  </>
)

const NoSchedules = () => (
  <Empty title="No program has registered a need.">
    Programs do so with POST /api/coordination/schedules; people then see here what is coming.
  </Empty>
)
