import { For, Show } from 'solid-js'
import { count } from '../kit/format.ts'
import { Grid, Page, Section, Skeleton } from '../kit/Layout.tsx'
import { Empty } from '../kit/Notice.tsx'
import { live } from '../live.ts'
import { ServiceTile } from '../tiles.tsx'
import { HostCard } from './HostCard.tsx'
import { HostTrouble } from './HostTrouble.tsx'

/** The cluster at a glance: its hosts, and a tile a service. */
export function Overview() {
  return (
    <Show when={live.controller} fallback={<Waiting />}>
      {(controller) => (
        <Page title={controller().cluster || 'Overview'} lead={summary()}>
          <Section title="Hosts">
            <Grid of="hosts">
              <For each={live.hosts} fallback={<Empty title="The topology names no hosts." />}>
                {(host) => <HostCard host={host} />}
              </For>
            </Grid>
            <For each={live.hosts.filter(({ state }) => state !== 'unreachable')}>
              {(host) => <HostTrouble host={host} />}
            </For>
          </Section>
          <Section title="Services">
            <Grid of="tiles">
              <For
                each={shown()}
                fallback={
                  <Empty title="The topology names no services.">
                    Add one under services: in topology.yaml; it appears here as soon as the file is
                    saved.
                  </Empty>
                }
              >
                {(service) => <ServiceTile service={service} />}
              </For>
            </Grid>
          </Section>
        </Page>
      )}
    </Show>
  )
}

const Waiting = () => (
  <Page title="Spark Control" lead="Asking the controller how things are…">
    <Skeleton lines={8} />
  </Page>
)

function summary(): string {
  const reached = live.hosts.filter(({ state }) => state === 'ok' || state === 'none').length
  const well = shown().filter(({ state }) => state === 'up' || state === 'busy').length
  const running = live.jobs.filter((job) => job.ended_at === null).length
  return [
    reached === live.hosts.length
      ? `${count(reached, 'host')} reached`
      : `${reached} of ${count(live.hosts.length, 'host')} reached`,
    `${well} of ${count(shown().length, 'service')} up`,
    running > 0 ? `${count(running, 'job')} running` : 'nothing under way',
  ].join(' · ')
}

/** Those that are set up. */
const shown = () => live.services.filter(({ is_hidden }) => !is_hidden)
