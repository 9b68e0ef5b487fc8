import { For, Show } from 'solid-js'
import { call, createFetched, formatNumber, Muted, Shares, Skeleton } from '#ui'
import type { FitPlace, FitView } from '../fit/fit-view.ts'
import { sharesOf } from './fit-shares.ts'

/** What a model takes of the memory of each machine, and what is left. */
export default function FitSum(props: { model: string; service?: string | undefined }) {
  const fit = createFetched<FitView>(() => {
    const query = props.service ? `?service=${encodeURIComponent(props.service)}` : ''
    return call(`GET /api/models/${encodeURIComponent(props.model)}/fit${query}`)
  })
  return (
    <Show
      when={fit.value()}
      fallback={
        <Show when={fit.error()} fallback={<Skeleton lines={3} />}>
          <Muted>What it takes of the memory could not be summed up just now.</Muted>
        </Show>
      }
    >
      {(found) => (
        <>
          <For each={found().places}>
            {(place) => (
              <Shares label={`Memory of ${nameOf(place)} with it`} shares={sharesOf(place)} />
            )}
          </For>
          <Show when={limitsOf(found())}>{(text) => <Muted>{text()}</Muted>}</Show>
        </>
      )}
    </Show>
  )
}

const nameOf = ({ host, gpu }: FitPlace): string => (gpu === null ? host : `GPU ${gpu} of ${host}`)

function limitsOf(fit: FitView): string {
  const { largest_max_model_len: longest, concurrency } = fit
  return [
    ...(longest ? [`Longest context that fits: ${formatNumber(longest)} tokens.`] : []),
    ...(concurrency !== null && concurrency >= 1
      ? [`Conversations of full length at once: ${formatNumber(Math.floor(concurrency))}.`]
      : []),
  ].join(' ')
}
