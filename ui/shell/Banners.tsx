import { createSignal, lazy, Show, Suspense } from 'solid-js'
import type { ControllerView } from '../../core/views.ts'
import { Button, LinkButton } from '../kit/Button.tsx'
import { count, formatTime } from '../kit/format.ts'
import { Notice } from '../kit/Notice.tsx'
import { live } from '../live.ts'
import { place } from '../router.ts'

const Faults = lazy(() => import('./Faults.tsx'))
const Reservations = lazy(() => import('./Reservations.tsx'))

/** What the owner must know on whatever page: no connection, a bad topology, who has reserved what. */
export function Banners() {
  const [isTrying, setIsTrying] = createSignal(false)
  return (
    <div class="banners">
      <Show when={live.link === 'lost'}>
        <Notice tone="bad" isUrgent title="The controller does not answer.">
          <p>
            <Show when={live.heardAt} fallback="Nothing is known yet.">
              {(at) => `What you see is what was known at ${formatTime(at())}.`}
            </Show>{' '}
            Trying again by itself.
          </p>
        </Notice>
      </Show>
      <Show when={live.controller?.is_simulated}>
        <Notice
          tone="info"
          isSlim
          title="Simulated cluster"
          actions={
            <Button size="small" onClick={() => setIsTrying(true)}>
              Try a fault
            </Button>
          }
        >
          <p>These machines are pretended on this computer. Nothing real is touched.</p>
        </Notice>
      </Show>
      <Show when={live.controller?.topology}>
        {(topology) => <TopologyNotice topology={topology()} />}
      </Show>
      <Show when={live.leases.length > 0}>
        <Suspense>
          <Reservations />
        </Suspense>
      </Show>
      <Show when={isTrying()}>
        <Suspense>
          <Faults onClose={() => setIsTrying(false)} />
        </Suspense>
      </Show>
    </div>
  )
}

function TopologyNotice(props: { topology: ControllerView['topology'] }) {
  const errors = () =>
    props.topology.diagnostics.filter(({ severity }) => severity === 'error').length
  const title = () => {
    const { state, diagnostics } = props.topology
    const what = count(errors() || diagnostics.length, errors() ? 'mistake' : 'warning')
    if (state === 'none') return `No cluster: topology.yaml has ${what}.`
    if (errors() === 0) return `topology.yaml has ${what}.`
    return `topology.yaml has ${what}, so the last good version stays in force.`
  }
  const isSeen = () =>
    place().path !== '/topology' &&
    (errors() > 0 || (props.topology.diagnostics.length > 0 && place().path === '/'))
  return (
    <Show when={isSeen()}>
      <Notice
        tone={errors() > 0 ? 'bad' : 'warn'}
        title={title()}
        actions={
          <LinkButton size="small" href="/topology">
            Show where
          </LinkButton>
        }
      >
        <p>{props.topology.diagnostics[0]?.message}</p>
      </Notice>
    </Show>
  )
}
