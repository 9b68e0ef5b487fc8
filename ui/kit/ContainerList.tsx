import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { ContainerView } from '../../core/containers/container-view.ts'
import type { ServiceView } from '../../core/views.ts'
import { call } from '../client.ts'
import { act } from './Act.tsx'
import { Badge, type Tone } from './Badge.tsx'
import { Button } from './Button.tsx'
import { ContainerLog } from './ContainerLog.tsx'
import type { ContainersProps } from './Containers.tsx'
import { createFlips } from './container-flips.ts'
import { createFetched } from './fetched.ts'
import { count, formatBytes, sentence } from './format.ts'
import { Skeleton } from './Layout.tsx'
import { List, ListItem } from './List.tsx'
import { waitsFor } from './leases.ts'
import { ErrorNotice } from './Notice.tsx'
import { Age, Disclosure } from './Text.tsx'

interface Listed {
  containers: ContainerView[]
  is_managed: boolean
}

/** See Containers.tsx, which loads it. */
export default function ContainerList(props: ContainersProps) {
  const path = () => `GET /api/services/${encodeURIComponent(props.service.id)}/containers`
  const listed = createFetched(() => call<Listed>(path()), {
    topics: [`containers/${props.service.id}`],
    of: () => `${props.service.id} ${props.service.state} ${props.service.since}`,
    key: 'name',
  })
  const [shown, setShown] = createSignal<ContainerView>()
  const asSeen = createFlips()
  return (
    <>
      <Show when={listed.error() && !listed.value()}>
        <ErrorNotice error={listed.error()} />
      </Show>
      <Show
        when={listed.value()}
        fallback={
          <Show when={!listed.error()}>
            <Skeleton lines={2} />
          </Show>
        }
      >
        {(found) => (
          <Folded isBrief={!props.isWhole} containers={found().containers}>
            <List label={`Containers of ${props.service.title}`}>
              <For each={found().containers}>
                {(container) => (
                  <ContainerRow
                    service={props.service}
                    container={container}
                    badge={<ContainerBadge container={asSeen(container)} />}
                    isManaged={found().is_managed}
                    onLog={() => setShown(container)}
                  />
                )}
              </For>
            </List>
          </Folded>
        )}
      </Show>
      <Show when={shown()} keyed>
        {(container) => (
          <ContainerLog
            service={props.service.id}
            container={container}
            onClose={() => setShown(undefined)}
          />
        )}
      </Show>
    </>
  )
}

/** Several that all run are one line in a tile; what once was not well stays open to be seen. */
function Folded(props: { isBrief: boolean; containers: ContainerView[]; children: JSX.Element }) {
  const isOpen = createMemo<boolean>(
    (was) => was || props.containers.some((container) => badgeOf(container)[0] !== 'good'),
    false,
  )
  return (
    <Show when={props.isBrief && props.containers.length > 1} fallback={props.children}>
      <Disclosure
        summary={`${count(props.containers.length, 'container')}${isOpen() ? '' : ', all running'}`}
        isOpen={isOpen()}
      >
        {props.children}
      </Disclosure>
    </Show>
  )
}

function ContainerRow(props: {
  service: ServiceView
  container: ContainerView
  badge: JSX.Element
  isManaged: boolean
  onLog(): void
}) {
  const isThere = () => props.container.state !== 'absent' && props.container.state !== 'unknown'
  const isRunning = () => isThere() && props.container.state !== 'stopped'
  const button = (verb: 'start' | 'stop' | 'restart', label: string) => (
    <Button
      size="small"
      look={verb === 'start' ? 'plain' : 'quiet'}
      waits={waitsFor(props.service.id)}
      aria-label={`${label} ${props.container.name}`}
      onClick={() =>
        act({ route: routeOf(props.service.id, props.container, verb), keep: 'Leave it' })
      }
    >
      {label}
    </Button>
  )
  return (
    <ListItem
      title={props.container.name}
      badge={props.badge}
      subtitle={<ContainerFacts service={props.service} container={props.container} />}
      actions={
        <Show when={isThere()}>
          <Show when={props.isManaged}>
            <Show when={isRunning()} fallback={button('start', 'Start')}>
              {button('restart', 'Restart')}
              {button('stop', 'Stop')}
            </Show>
          </Show>
          <Button
            size="small"
            look="quiet"
            aria-label={`Log of ${props.container.name}`}
            onClick={() => props.onLog()}
          >
            Log
          </Button>
        </Show>
      }
    />
  )
}

const routeOf = (service: string, { name, host }: ContainerView, verb: string): string =>
  `POST /api/services/${encodeURIComponent(service)}/containers/${encodeURIComponent(name)}/${verb}?host=${encodeURIComponent(host)}`

/** The state of a container. */
export const ContainerBadge = (props: { container: ContainerView }) => (
  <Badge tone={badgeOf(props.container)[0]}>{badgeOf(props.container)[1]}</Badge>
)

function badgeOf({ state, health, exit_code }: ContainerView): [Tone, string] {
  switch (state) {
    case 'running':
      if (health === 'unhealthy') return ['bad', 'Unhealthy']
      return health === 'starting' ? ['wait', 'Starting'] : ['good', 'Running']
    case 'paused':
      return ['idle', 'Paused']
    case 'restarting':
      return ['bad', 'Restarting again and again']
    case 'stopped':
      // 137 and 143 are what being stopped looks like
      return exit_code === null || [0, 137, 143].includes(exit_code)
        ? ['idle', 'Stopped']
        : ['bad', `Failed (${exit_code})`]
    case 'absent':
      return ['bad', 'Not there']
    case 'unknown':
      return ['unknown', 'Not known']
  }
}

function ContainerFacts(props: { service: ServiceView; container: ContainerView }): JSX.Element {
  const isElsewhere = () => props.container.host !== props.service.host
  return (
    <>
      <Show when={isElsewhere()}>on {props.container.host} · </Show>
      <Show when={props.container.error}>{(error) => sentence(error().message)}</Show>
      <Show when={props.container.state === 'absent'}>
        There is no container of this name. It has to be created on the machine once.
      </Show>
      <Show when={props.container.state === 'running' && props.container.started_at}>
        started <Age at={props.container.started_at} />
      </Show>
      <Show when={props.container.state === 'stopped'}>
        <Show when={props.container.stopped_at} fallback="never started">
          ended <Age at={props.container.stopped_at} />
        </Show>
      </Show>
      <Show when={props.container.memory_bytes}>
        {(bytes) => <> · {formatBytes(bytes())} of memory</>}
      </Show>
      <Show when={props.container.restarts > 0}>
        {` · ${count(props.container.restarts, 'restart')} by itself`}
      </Show>
    </>
  )
}
