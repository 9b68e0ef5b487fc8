import { createEffect, For, on, Show } from 'solid-js'
import type { PastHour } from '../../core/hosts/past-hour.ts'
import type { HostView } from '../../core/views.ts'
import { call } from '../client.ts'
import { createFetched } from '../kit/fetched.ts'
import { formatBytes } from '../kit/format.ts'
import { Plot, type PlotProps } from './Plot.tsx'

/** A host is looked at more often than a line of an hour changes. */
const EVERY_MS = 15_000

/** Memory, GPU, temperature and power of a host over the last hour; what it does not tell is left out. */
export default function HostPlots(props: { host: HostView }) {
  const past = createFetched(() =>
    call<PastHour>(`GET /api/hosts/${encodeURIComponent(props.host.id)}/history`),
  )
  let askedMs = Date.now()
  createEffect(
    on(
      () => props.host.checked_at,
      () => {
        if (Date.now() - askedMs < EVERY_MS) return
        askedMs = Date.now()
        void past.refetch()
      },
      { defer: true },
    ),
  )
  return (
    <Show when={past.value()}>
      {(hour) => (
        <div class="plots">
          <For each={plotsOf(hour(), props.host)}>{(plot) => <Plot {...plot} />}</For>
        </div>
      )}
    </Show>
  )
}

function plotsOf(hour: PastHour, { figures }: HostView): PlotProps[] {
  const { at } = hour
  const total = figures?.memory?.total_bytes
  const all: PlotProps[] = [
    {
      ...{ label: 'Memory in use', at, values: hour.memory_used_bytes, format: formatBytes },
      ...(total !== undefined && { most: total }),
    },
    { label: 'GPU busy', at, values: hour.gpu_percent, most: 100, format: rounded('%') },
    { label: 'Temperature', at, values: hour.temperature_c, format: rounded('°C') },
    { label: 'Power of the GPU', at, values: hour.power_w, format: rounded('W') },
  ]
  return all.filter(({ values }) => values.some((value) => value !== null))
}

const rounded =
  (unit: string) =>
  (value: number): string =>
    `${Math.round(value)} ${unit}`
