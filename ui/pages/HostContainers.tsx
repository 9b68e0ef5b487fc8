import { For, onCleanup, Show } from 'solid-js'
import type { HostContainersView } from '../../core/containers/on-host/host-containers.ts'
import { call } from '../client.ts'
import { Badge, type Tone } from '../kit/Badge.tsx'
import { createFetched } from '../kit/fetched.ts'
import { formatBytes } from '../kit/format.ts'
import { Skeleton, Stack } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { ErrorNotice } from '../kit/Notice.tsx'
import { type Column, Table } from '../kit/Table.tsx'
import { Age, Code } from '../kit/Text.tsx'

type Images = HostContainersView['images']
type Container = HostContainersView['containers'][number]

const REFRESH_MS = 30_000

const TONES: Record<Images[number]['verdict'], Tone> = {
  ...{ same: 'good', alone: 'good', differs: 'bad', missing: 'bad', unknown: 'unknown' },
}

/** Containers of a host with their memory, and the images its engines start from. */
export default function HostContainers(props: { host: string }) {
  const look = createFetched(
    () => call<HostContainersView>(`GET /api/hosts/${encodeURIComponent(props.host)}/containers`),
    { key: 'name' },
  )
  const timer = setInterval(() => document.hidden || void look.refetch(), REFRESH_MS)
  onCleanup(() => clearInterval(timer))
  return (
    <Stack>
      <Show when={look.error()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <Show
        when={look.value()}
        fallback={
          <Show when={!look.error()}>
            <Skeleton lines={2} />
          </Show>
        }
      >
        {(view) => (
          <>
            <Images images={view().images} />
            <Containers view={view()} />
          </>
        )}
      </Show>
    </Stack>
  )
}

const Images = (props: { images: Images }) => (
  <Show when={props.images.length > 0}>
    <List label="Images engines start from">
      <For each={props.images}>
        {(image) => (
          <ListItem
            title={<Code>{image.image}</Code>}
            badge={<Badge tone={TONES[image.verdict]}>{image.text}</Badge>}
            subtitle={
              <>
                <Show when={image.id} fallback="not on this host">
                  image <Code>{image.id}</Code>, made{' '}
                  <Age at={image.created_at} never="some time" />
                </Show>
                {` · for ${image.services.join(', ')}`}
              </>
            }
          />
        )}
      </For>
    </List>
  </Show>
)

const COLUMNS: Column<Container>[] = [
  { title: 'Container', cell: ({ name }) => <Code>{name}</Code> },
  {
    title: 'Memory',
    align: 'end',
    cell: ({ memory_bytes }) => (memory_bytes === null ? 'not known' : formatBytes(memory_bytes)),
  },
  { title: 'Image', isExtra: true, cell: ({ image }) => <Code>{image ?? 'not known'}</Code> },
  { title: 'Started', isExtra: true, cell: ({ started_at }) => <Age at={started_at} /> },
]

const Containers = (props: { view: HostContainersView }) => (
  <>
    <Show
      when={props.view.containers.length > 0}
      fallback={<p class="muted small">No container runs here.</p>}
    >
      <Table label="Containers" columns={COLUMNS} rows={props.view.containers} />
    </Show>
    <p class="muted tiny">
      Containers read <Age at={props.view.read_at} />. Their memory is that of their processes, with
      what they hold of the GPU.
    </p>
  </>
)
