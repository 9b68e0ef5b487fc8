import { For, type JSX, Show } from 'solid-js'
import type { HostView } from '../../core/views.ts'
import { HostBadge } from '../kit/Badge.tsx'
import { Meter } from '../kit/Bar.tsx'
import { formatBytes, formatNumber, formatSeconds } from '../kit/format.ts'
import { Grid, Page, Section, Stack } from '../kit/Layout.tsx'
import { Empty } from '../kit/Notice.tsx'
import { Age, Code } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'
import { live } from '../live.ts'
import { GpuMeters, Memory } from './HostCard.tsx'
import { HostTrouble } from './HostTrouble.tsx'

type Figures = NonNullable<HostView['figures']>
type Fact = [name: string, value: JSX.Element]

/** Every host with all that was read from it. */
export default function Hosts() {
  return (
    <Page
      title="Hosts"
      lead="The machines of the topology, reached by SSH. Nothing is installed on them."
    >
      <For each={live.hosts} fallback={<Empty title="The topology names no hosts." />}>
        {(host) => (
          <Section title={host.id} aside={<HostBadge host={host} />}>
            <HostTrouble host={host} />
            <div class="card">
              <Grid of="halves">
                <Facts facts={[...wayTo(host), ...(host.figures ? machine(host.figures) : [])]} />
                <Show when={host.figures}>{(figures) => <Meters figures={figures()} />}</Show>
              </Grid>
            </div>
          </Section>
        )}
      </For>
    </Page>
  )
}

const Meters = (props: { figures: Figures }) => (
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
  </Stack>
)

const wayTo = (host: HostView): Fact[] => [
  ['Address', <Code>{host.address}</Code>],
  [
    'Round trip',
    host.round_trip_ms === null ? 'not known' : `${formatNumber(host.round_trip_ms)} ms`,
  ],
  ['Read', <Age at={host.checked_at} />],
]

const machine = ({ hostname, uptime_s, load1, gpus, addresses }: Figures): Fact[] => [
  ['Calls itself', <Code>{hostname}</Code>],
  ['Up for', uptime_s === null ? 'not known' : formatSeconds(uptime_s)],
  ['Load', load1 === null ? 'not known' : formatNumber(load1)],
  ...gpus.map(gpuFact),
  ...addresses.map((one): Fact => [one.interface, <Code>{one.address}</Code>]),
]

const gpuFact = (gpu: Figures['gpus'][number]): Fact => [
  `GPU ${gpu.index}`,
  [
    gpu.name,
    gpu.utilization_percent === null ? '' : `${Math.round(gpu.utilization_percent)} % busy`,
    gpu.temperature_c === null ? '' : `${Math.round(gpu.temperature_c)} °C`,
    gpu.power_w === null ? '' : `${Math.round(gpu.power_w)} W`,
  ]
    .filter(Boolean)
    .join(' · '),
]
