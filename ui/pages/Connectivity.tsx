import { createSignal, For, Show } from 'solid-js'
import type { UptimeView } from '../../core/connectivity/connectivity-routes.ts'
import { call } from '../client.ts'
import { Button, LinkButton } from '../kit/Button.tsx'
import { now } from '../kit/clock.ts'
import { createFetched } from '../kit/fetched.ts'
import { formatSeconds, formatTime, sentence } from '../kit/format.ts'
import { Page, Row, Section, Skeleton } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Empty, ErrorNotice } from '../kit/Notice.tsx'
import { ConnectivityLine } from './ConnectivityLine.tsx'
import {
  inOrder,
  listOutages,
  nameOfSubject,
  type Outage,
  RANGES,
  zoomTo,
} from './connectivity-view.ts'
import { Placed } from './Placed.tsx'
import { listTicks } from './ticks.ts'

/** The last while, which goes on, or a time that is over. */
type Shown = { spanMs: number } | { fromMs: number; toMs: number }

const DAY_MS = 86_400_000
const REFRESH_MS = 10_000

/** Since when everything has been there, when it was not, and how much of each day it was. */
export default function Connectivity() {
  const [shown, setShown] = createSignal<Shown>({ spanMs: DAY_MS })
  const spanMs = () => {
    const range = shown()
    return 'spanMs' in range ? range.spanMs : undefined
  }
  const range = () => {
    const own = shown()
    return 'spanMs' in own ? { fromMs: now() - own.spanMs, toMs: now() } : own
  }
  const query = () => {
    const { fromMs, toMs } = range()
    const at = (ms: number) => new Date(ms).toISOString()
    // what goes on ends with now, by the controller's clock
    const to = spanMs() === undefined ? { to: at(toMs) } : {}
    return new URLSearchParams({ from: at(fromMs), ...to }).toString()
  }
  const page = createFetched(() => call<UptimeView>(`GET /api/connectivity/uptime?${query()}`), {
    // what goes on is fetched again as it does
    of: () => (spanMs() === undefined ? query() : `${spanMs()} ${Math.floor(now() / REFRESH_MS)}`),
  })
  const move = (direction: number) => {
    const { fromMs, toMs } = range()
    const byMs = (direction * (toMs - fromMs)) / 2
    if (toMs + byMs >= now()) setShown({ spanMs: toMs - fromMs })
    else setShown({ fromMs: fromMs + byMs, toMs: toMs + byMs })
  }
  return (
    <Page
      title="Connectivity"
      lead="When each machine, service and container was there: green yes, red no, grey not known. Kept for 90 days."
      actions={<LinkButton href={`/api/connectivity/csv?${query()}`}>Download as CSV</LinkButton>}
    >
      <Row align="apart">
        <Row gap="small">
          <For each={RANGES}>
            {([label, ms]) => (
              <Button
                size="small"
                aria-pressed={spanMs() === ms}
                onClick={() => setShown({ spanMs: ms })}
              >
                {label}
              </Button>
            )}
          </For>
        </Row>
        <Row gap="small">
          <Button size="small" onClick={() => move(-1)}>
            Earlier
          </Button>
          <Button size="small" disabled={spanMs() !== undefined} onClick={() => move(1)}>
            Later
          </Button>
        </Row>
      </Row>
      <Show when={page.error()}>
        <ErrorNotice title="The log could not be fetched." error={page.error()} />
      </Show>
      <Show when={page.value()} fallback={<Skeleton lines={8} />}>
        {(value) => <WhatWas view={value()} onZoom={(outage) => setShown(zoomTo(outage))} />}
      </Show>
    </Page>
  )
}

/** Two moments of different days need both their days. */
function rangeWords({ from, to }: UptimeView): string {
  const isOneDay = new Date(from).toDateString() === new Date(to).toDateString()
  const [start, end] = [from, to].map((at) =>
    isOneDay ? formatTime(at) : new Date(at).toLocaleString([], DAY_AND_TIME),
  )
  return `${start} to ${end}`
}

const DAY_AND_TIME = { dateStyle: 'medium', timeStyle: 'short' } as const

function WhatWas(props: { view: UptimeView; onZoom(outage: Outage): void }) {
  const outages = () => listOutages(props.view)
  return (
    <Show
      when={props.view.subjects.length > 0}
      fallback={<Empty title="Nothing was watched in this time." />}
    >
      <Section title="What was there" aside={rangeWords(props.view)}>
        <div class="card timeline">
          <div class="timeline-ticks" aria-hidden="true">
            <For each={listTicks(props.view)}>
              {(tick) => <Placed class="timeline-tick" start={tick.atPercent} words={tick.words} />}
            </For>
          </div>
          <For each={inOrder(props.view.subjects)}>
            {(subject) => <ConnectivityLine subject={subject} view={props.view} />}
          </For>
        </div>
      </Section>
      <Section title="Outages">
        <Show when={outages().length > 0} fallback={<Empty title="There was none in this time." />}>
          <List label="Outages">
            <For each={outages()}>
              {(outage) => (
                <ListItem
                  title={`${nameOfSubject(outage.subject)}: ${outage.words}`}
                  actions={
                    <Button size="small" look="quiet" onClick={() => props.onZoom(outage)}>
                      Show it
                    </Button>
                  }
                >
                  <p class="muted small">
                    {formatTime(outage.fromMs)} ·{' '}
                    {outage.isOver ? `for ${sayLength(outage.lastedS)}` : 'goes on'}
                    {outage.reason === null ? '' : ` · ${sentence(outage.reason)}`}
                  </p>
                </ListItem>
              )}
            </For>
          </List>
        </Show>
      </Section>
    </Show>
  )
}

const sayLength = (seconds: number): string =>
  seconds < 1 ? 'less than a second' : formatSeconds(seconds)
