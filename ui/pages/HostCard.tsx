import { For, Show } from 'solid-js'
import type { HostView } from '../../core/views.ts'
import { Badge, HostBadge } from '../kit/Badge.tsx'
import { Meter } from '../kit/Bar.tsx'
import { formatBytes, sentence } from '../kit/format.ts'
import { Skeleton } from '../kit/Layout.tsx'
import { Age } from '../kit/Text.tsx'

type HostFigures = NonNullable<HostView['figures']>

/** A host in a few lines: the way to it, memory, GPU, disk, and how old that is. */
export function HostCard(props: { host: HostView }) {
  const isOld = () => props.host.state !== 'ok' && props.host.state !== 'none'
  return (
    <article class="card host" data-old={isOld()} aria-label={`Host ${props.host.id}`}>
      <header class="row" data-align="apart">
        <h3>
          <a href="/hosts">{props.host.id}</a>
        </h3>
        <span class="row" data-gap="small">
          <Show when={vpnOf(props.host)}>{(vpn) => <Badge tone="good">{vpn()}</Badge>}</Show>
          <HostBadge host={props.host} />
        </span>
      </header>
      <Show
        when={props.host.figures}
        fallback={
          <Show
            when={props.host.state === 'connecting'}
            fallback={<p class="muted small">{silence(props.host)}</p>}
          >
            <Skeleton lines={3} />
          </Show>
        }
      >
        {(figures) => (
          <>
            <Memory figures={figures()} />
            <Show
              when={props.host.state === 'unreachable'}
              fallback={<p class="muted small">{gpuLine(figures())}</p>}
            >
              <p class="small bad">{silence(props.host)}</p>
            </Show>
          </>
        )}
      </Show>
      <Show when={props.host.low_disks?.length}>
        <p class="small bad">{`Nearly full: ${props.host.low_disks?.join(', ')}`}</p>
      </Show>
      <Show when={props.host.checked_at}>
        <p class="muted tiny">
          {isOld() ? 'Known from ' : 'Read '}
          <Age at={props.host.checked_at} />
        </p>
      </Show>
    </article>
  )
}

/** Memory of a host as it is shared out. */
export function Memory(props: { figures: HostFigures }) {
  return (
    <Show when={props.figures.memory} fallback={<p class="muted small">Memory: not known</p>}>
      {(memory) => {
        const used = () => memory().total_bytes - memory().available_bytes
        return (
          <Meter
            label={memory().is_unified ? 'Memory, shared with the GPU' : 'Memory'}
            used={used()}
            total={memory().total_bytes}
            text={`${formatBytes(used())} of ${formatBytes(memory().total_bytes)}`}
            // An engine takes all the memory there is of such a machine.
            isFullFine={memory().is_unified}
          />
        )
      }}
    </Show>
  )
}

/** Each GPU with memory of its own as a meter. */
export const GpuMeters = (props: { figures: HostFigures }) => (
  <For each={props.figures.gpus.filter((gpu) => gpu.memory_total_bytes !== null)}>
    {(gpu) => (
      <Meter
        label={`GPU ${gpu.index} memory`}
        used={gpu.memory_used_bytes ?? 0}
        total={gpu.memory_total_bytes ?? 0}
        text={
          gpu.memory_used_bytes === null
            ? 'not known'
            : `${formatBytes(gpu.memory_used_bytes)} of ${formatBytes(gpu.memory_total_bytes ?? 0)}`
        }
      />
    )}
  </For>
)

const vpnOf = ({ figures }: HostView): string | undefined =>
  figures?.addresses.find(({ vpn }) => vpn !== undefined)?.vpn

function gpuLine({ gpus, disks }: HostFigures): string {
  const [gpu] = gpus
  const facts = gpu
    ? [
        gpus.length > 1 ? `${gpus.length} × ${gpu.name}` : gpu.name,
        gpu.utilization_percent === null ? '' : `${Math.round(gpu.utilization_percent)} % busy`,
        gpu.temperature_c === null ? '' : `${Math.round(gpu.temperature_c)} °C`,
      ]
    : ['no GPU found']
  const [disk] = disks
  return [...facts, disk ? `${formatBytes(disk.free_bytes)} free on disk` : '']
    .filter(Boolean)
    .join(' · ')
}

function silence(host: HostView): string {
  if (host.state === 'none')
    return `Reached by HTTP at ${host.address}; no user is set, so no figures.`
  return sentence(host.error?.message ?? `nothing has been read from ${host.address} yet`)
}
