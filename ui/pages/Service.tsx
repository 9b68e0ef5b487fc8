import { type JSX, Show } from 'solid-js'
import type { ServiceView } from '../../core/views.ts'
import { Containers } from '../kit/Containers.tsx'
import { formatNumber } from '../kit/format.ts'
import { Page, Section, Skeleton } from '../kit/Layout.tsx'
import { Log } from '../kit/Log.tsx'
import { LogBroken } from '../kit/LogBroken.tsx'
import { createServiceLines } from '../kit/lines.ts'
import { Empty, Notice } from '../kit/Notice.tsx'
import { Age, Code } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'
import { live } from '../live.ts'
import { ServiceTile } from '../tiles.tsx'

/** One service: its tile, where it stands, and its log as it is written. */
export default function Service(props: { params: Record<string, string> }) {
  const id = () => props.params.id ?? ''
  const service = () => live.services.find((one) => one.id === id())
  return (
    <Show when={service()} fallback={<NoService id={id()} />}>
      {(found) => (
        <Page title={found().id} lead={found().title}>
          <Show when={found().is_pending}>
            <Notice tone="info" title="topology.yaml has changed.">
              <p>The change reaches this service as soon as its running job has ended.</p>
            </Notice>
          </Show>
          <ServiceTile service={found()} isDetailed />
          <div class="card">
            <Facts facts={facts(found())} />
          </div>
          <Show when={found().has_containers}>
            <Section title="Containers">
              <Containers service={found()} isWhole />
            </Section>
          </Show>
          <Show when={found().has_logs}>
            <ServiceLog id={found().id} />
          </Show>
        </Page>
      )}
    </Show>
  )
}

function ServiceLog(props: { id: string }) {
  const log = createServiceLines(() => props.id)
  return (
    <Section title="Log">
      <LogBroken why={log.error()} onReopen={log.reopen} />
      <Log
        label={`Log of ${props.id}`}
        lines={log.lines()}
        isDropped={log.isDropped()}
        empty="Waiting for lines…"
      />
    </Section>
  )
}

const NoService = (props: { id: string }) => (
  <Show when={live.controller} fallback={<Skeleton lines={6} />}>
    <Page title="No such service">
      <Empty title={`The topology names no service “${props.id}”, or it is disabled.`}>
        <a href="/">To the overview</a>
      </Empty>
    </Page>
  </Show>
)

const facts = (service: ServiceView): [string, JSX.Element][] => [
  ['Kind', service.kind],
  ['Host', service.host ?? 'the controller itself'],
  ...(service.endpoint
    ? ([['Server', <Code>{service.endpoint}</Code>]] as [string, JSX.Element][])
    : []),
  ['In this state', <Age at={service.since} never="not known" />],
  ['Last seen working', <Age at={service.last_seen_at} />],
  ['Requests now', formatNumber(service.in_flight)],
  ...admissionFacts(service),
]

const admissionFacts = ({ admission }: ServiceView): [string, JSX.Element][] =>
  admission
    ? [
        ['At a time', formatNumber(admission.concurrency)],
        ['Waiting', `${admission.waiting} of ${admission.queue}`],
        ['Refused so far', formatNumber(admission.refused_total + admission.expired_total)],
      ]
    : []
