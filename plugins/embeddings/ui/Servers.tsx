import { For, Show } from 'solid-js'
import {
  Badge,
  call,
  createFetched,
  ErrorNotice,
  List,
  ListItem,
  type ServiceView,
  Skeleton,
  sentence,
  type Tone,
} from '#ui'
import type { ServersView, ServerView } from '../health/views.ts'

/** Each server of a service with how it does, since one may be down while the others work. */
export function Servers(props: { service: ServiceView }) {
  const fetched = createFetched(
    () => call<ServersView>(`GET /api/${encodeURIComponent(props.service.id)}/servers`),
    {
      topics: ['embeddings-servers'],
      of: () => `${props.service.id} ${props.service.state} ${props.service.since}`,
      key: 'role',
    },
  )
  return (
    <>
      <Show when={fetched.error() && !fetched.value()}>
        <ErrorNotice error={fetched.error()} />
      </Show>
      <Show
        when={fetched.value()}
        fallback={
          <Show when={!fetched.error()}>
            <Skeleton lines={2} />
          </Show>
        }
      >
        {(view) => (
          <List label={`Servers of ${props.service.title}`}>
            <For each={view().servers}>{(server) => <ServerRow server={server} />}</For>
          </List>
        )}
      </Show>
    </>
  )
}

const ServerRow = (props: { server: ServerView }) => (
  <ListItem
    title={NAMES[props.server.role]}
    badge={<Badge tone={STATES[props.server.state][0]}>{STATES[props.server.state][1]}</Badge>}
    subtitle={props.server.reason ? sentence(props.server.reason) : describe(props.server)}
  />
)

/** What a server is for, in the owner's words. */
const NAMES: Record<ServerView['role'], string> = {
  embeddings: 'Meaning of texts',
  sparse: 'Words of texts',
  rerank: 'Ranking of results',
  qdrant: 'Collections',
}

const STATES: Record<ServerView['state'], [Tone, string]> = {
  up: ['good', 'Up'],
  busy: ['busy', 'Busy'],
  down: ['bad', 'Down'],
  unknown: ['unknown', 'Unknown'],
}

const KINDS: Record<string, string> = {
  tei: 'Text Embeddings Inference',
  infinity: 'Infinity',
  vllm: 'vLLM',
  flag: 'FlagEmbedding',
  openai: 'a server with OpenAI’s API',
  qdrant: 'Qdrant',
}

const describe = ({ server, models, endpoint }: ServerView): string =>
  [server && (KINDS[server] ?? server), models.join(', ') || endpoint].filter(Boolean).join(' · ')
