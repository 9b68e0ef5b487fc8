import { Show } from 'solid-js'
import {
  Code,
  Containers,
  Figure,
  Figures,
  formatNumber,
  Hero,
  LinkButton,
  Muted,
  type ServiceView,
  StateReason,
  Tile,
} from '#ui'
import { Servers } from './Servers.tsx'

/** Search by meaning: what makes the vectors, how each of its servers does, what can be searched. */
export default function EmbeddingsTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const model = () => props.service.models[0]
  const collections = () => props.service.figures.collections
  return (
    <Tile
      service={props.service}
      title="Embeddings and search"
      actions={
        <LinkButton href={`/search?service=${encodeURIComponent(props.service.id)}`}>
          Search
        </LinkButton>
      }
    >
      <div>
        <Hero>{model()?.split('/').at(-1) ?? titles[props.service.state] ?? 'Ready'}</Hero>
        <Show when={props.service.models.length > 0}>
          <Muted>
            <Code>{props.service.models.join(', ')}</Code>
          </Muted>
        </Show>
      </div>
      <StateReason service={props.service} />
      <Show when={typeof collections() === 'number'}>
        <Figures>
          <Figure label="Collections" value={formatNumber(Number(collections()))} />
          <Figure label="Answering now" value={String(props.service.in_flight)} />
        </Figures>
      </Show>
      <Servers service={props.service} />
      <Show when={props.service.has_containers && !props.isDetailed}>
        <Containers service={props.service} />
      </Show>
    </Tile>
  )
}

/** What stands in large letters where no server says what its model is. */
const titles: Partial<Record<ServiceView['state'], string>> = {
  down: 'Not answering',
  starting: 'Starting',
  unknown: 'Not looked at yet',
}
