import { For, Match, Show, Switch } from 'solid-js'
import type { MachineView } from '../../core/discover/look-at-machine.ts'
import { COMPARE_KEYS } from '../../core/hosts/compare-keys.ts'
import { HostBadge } from '../kit/Badge.tsx'
import { Button } from '../kit/Button.tsx'
import { formatBytes, sentence } from '../kit/format.ts'
import { Notice } from '../kit/Notice.tsx'
import { Code, CodeBlock } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'

/** What was found on one machine, or what keeps it from being looked into and the way out. */
export function FoundMachine(props: {
  machine: MachineView
  isBusy: boolean
  onLook(trust?: string): void
  onForget(): void
}) {
  const name = () => `${props.machine.user}@${props.machine.address}`
  const host = () => props.machine.host
  const offered = () => host().host_key?.offered
  return (
    <article class="card" aria-label={name()}>
      <header class="row" data-align="apart">
        <h3>{name()}</h3>
        <HostBadge host={host()} />
      </header>
      <Switch>
        <Match when={host().state === 'ok'}>
          <Inside machine={props.machine} />
        </Match>
        <Match when={host().state === 'key_unknown' && offered()}>
          {(key) => (
            <Notice
              tone="warn"
              title="It is not trusted yet."
              actions={
                <Button disabled={props.isBusy} onClick={() => props.onLook(key())}>
                  It is my machine: trust it
                </Button>
              }
            >
              <p>
                It identifies itself by the key <Code>{key()}</Code>. To compare, run this on the
                machine itself:
              </p>
              <CodeBlock label="Command to compare the keys" text={COMPARE_KEYS} canCopy />
            </Notice>
          )}
        </Match>
        <Match when={host().error}>
          {(error) => (
            <Notice tone="bad" title={sentence(error().message)}>
              <Show when={error().hint}>
                <p>{sentence(error().hint ?? '')}</p>
              </Show>
            </Notice>
          )}
        </Match>
      </Switch>
      <div class="row">
        <Button disabled={props.isBusy} onClick={() => props.onLook()}>
          Look again
        </Button>
        <Button look="quiet" disabled={props.isBusy} onClick={() => props.onForget()}>
          Leave it out
        </Button>
      </div>
    </article>
  )
}

function Inside(props: { machine: MachineView }) {
  const figures = () => props.machine.host.figures
  const facts = (): [string, string][] => [
    ['Calls itself', figures()?.hostname ?? 'not known'],
    [
      'GPU',
      figures()
        ?.gpus.map(({ name }) => name)
        .join(', ') || 'none found',
    ],
    ['Memory', formatBytes(figures()?.memory?.total_bytes ?? 0)],
    ['Containers', containersOf(props.machine)],
  ]
  return (
    <>
      <Facts facts={facts()} />
      <Show
        when={props.machine.services.length > 0}
        fallback={<p class="muted">No server that Spark Control knows answers there now.</p>}
      >
        <ul class="plain">
          <For each={props.machine.services}>
            {(service) => (
              <li>
                {service.title} on port {service.port}
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  )
}

function containersOf({ containers, container_runtime, runtime_trouble }: MachineView): string {
  if (runtime_trouble) return `cannot be listed: ${runtime_trouble}`
  if (container_runtime === null) return 'neither docker nor podman is there'
  return containers.map(({ name }) => name).join(', ') || 'none is running'
}
