import { For, type JSX, lazy, Show, Suspense } from 'solid-js'
import type {
  AddressFigures,
  DiskUse,
  GpuFigures,
  HostFigures,
  LinkFigures,
} from '../../core/hosts/figures.ts'
import type { HostView } from '../../core/views.ts'
import { Badge, HostBadge } from '../kit/Badge.tsx'
import { Meter } from '../kit/Bar.tsx'
import { LinkButton } from '../kit/Button.tsx'
import { formatBytes, formatNumber, formatSeconds } from '../kit/format.ts'
import { Grid, Page, Section, Stack } from '../kit/Layout.tsx'
import { Empty } from '../kit/Notice.tsx'
import { Age, Code } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'
import { live } from '../live.ts'
import { GpuMeters, Memory } from './HostCard.tsx'
import { HostTrouble } from './HostTrouble.tsx'

const HostContainers = lazy(() => import('./HostContainers.tsx'))
const HostPlots = lazy(() => import('./HostPlots.tsx'))

type Fact = [name: string, value: JSX.Element]

/** Every host with all that was read from it. */
export default function Hosts() {
  return (
    <Page
      title="Hosts"
      lead="The machines of the topology, reached by SSH. Nothing is installed on them."
      actions={
        <>
          <LinkButton href="/connectivity">Connectivity</LinkButton>
          <LinkButton href="/hosts/add">Add machines</LinkButton>
        </>
      }
    >
      <For each={live.hosts} fallback={<Empty title="The topology names no hosts." />}>
        {(host) => (
          <Section title={host.id} aside={<HostBadge host={host} />}>
            <HostTrouble host={host} />
            <div class="card">
              <Grid of="halves">
                <Facts facts={[...wayTo(host), ...(host.figures ? machine(host.figures) : [])]} />
                <Show when={host.figures}>
                  {(figures) => <Meters figures={figures()} use={host.disk_use} />}
                </Show>
              </Grid>
              <Show when={host.figures}>
                <Suspense>
                  <HostPlots host={host} />
                </Suspense>
                <Show when={host.state === 'ok'}>
                  <Suspense>
                    <HostContainers host={host.id} />
                  </Suspense>
                </Show>
              </Show>
            </div>
          </Section>
        )}
      </For>
    </Page>
  )
}

const Meters = (props: { figures: HostFigures; use: DiskUse | undefined }) => (
  <Stack>
    <Memory figures={props.figures} />
    <GpuMeters figures={props.figures} />
    <For each={props.figures.disks}>
      {(disk) => (
        <Meter
          label="Disk"
          hint={disk.path}
          used={disk.total_bytes - disk.free_bytes}
          total={disk.total_bytes}
          text={`${formatBytes(disk.free_bytes)} free of ${formatBytes(disk.total_bytes)}`}
        />
      )}
    </For>
    <Show when={props.use?.parts.length}>
      <p class="muted small">
        Of the disks: {props.use?.parts.map(partOfDisk).join(' · ')}. Weighed{' '}
        <Age at={props.use?.checked_at ?? null} />.
      </p>
    </Show>
  </Stack>
)

const PARTS = { models: 'models', download_cache: 'download cache', images: 'container images' }

const partOfDisk = ({ what, path, size_bytes }: DiskUse['parts'][number]): string =>
  `${PARTS[what]} ${formatBytes(size_bytes)}${path === null ? '' : ` (${path})`}`

const wayTo = (host: HostView): Fact[] => [
  ['Address', <Code>{host.address}</Code>],
  [
    'Round trip',
    host.round_trip_ms === null ? 'not known' : `${formatNumber(host.round_trip_ms)} ms`,
  ],
  ['Read', <Age at={host.checked_at} />],
]

const machine = (figures: HostFigures): Fact[] => [
  ['Calls itself', <Code>{figures.hostname}</Code>],
  ['Up for', figures.uptime_s === null ? 'not known' : formatSeconds(figures.uptime_s)],
  ['Load', figures.load1 === null ? 'not known' : formatNumber(figures.load1)],
  ...figures.gpus.map((gpu) => gpuFact(gpu, figures.memory?.is_unified ?? false)),
  ...(figures.fabric ? [['Fast link', linkWords(figures.fabric)] as Fact] : []),
  ...figures.addresses.map(addressFact),
  ...(figures.kernel === null ? [] : [['Kernel', <Code>{figures.kernel}</Code>] as Fact]),
  ...(figures.driver === null ? [] : [['NVIDIA driver', <Code>{figures.driver}</Code>] as Fact]),
]

const addressFact = ({ interface: name, address, vpn }: AddressFigures): Fact => [
  name,
  <>
    <Code>{address}</Code>
    <Show when={vpn}>
      {' '}
      <Badge tone="good">{`VPN: ${vpn}`}</Badge>
    </Show>
  </>,
]

function linkWords({ interface: name, is_up, speed_mbps }: LinkFigures): string {
  if (name === null) return 'no interface has its address'
  if (!is_up) return `${name} is down: is the cable in?`
  return speed_mbps === null ? `${name} is up` : `${name} is up, ${speed_mbps / 1000} Gbit/s`
}

const gpuFact = (gpu: GpuFigures, isUnified: boolean): Fact => [
  `GPU ${gpu.index}`,
  [
    gpu.name,
    isUnified && gpu.memory_total_bytes === null ? 'unified memory' : '',
    gpu.utilization_percent === null ? '' : `${Math.round(gpu.utilization_percent)} % busy`,
    gpu.temperature_c === null ? '' : `${Math.round(gpu.temperature_c)} °C`,
    gpu.power_w === null ? '' : `${Math.round(gpu.power_w)} W`,
    gpu.clock_mhz === null ? '' : `${Math.round(gpu.clock_mhz)} MHz`,
    gpu.slowed_by.length > 0 ? `slowed by ${gpu.slowed_by.join(' and ')}` : '',
  ]
    .filter(Boolean)
    .join(' · '),
]
