import { createSignal, For, Show } from 'solid-js'
import {
  act,
  Badge,
  Button,
  count,
  Disclosure,
  Empty,
  List,
  ListItem,
  Notice,
  Row,
  Section,
  Stack,
  TextField,
} from '#ui'
import type { CollectionsView, CollectionView } from './search-views.ts'
import { collectionPath } from './sources.ts'

/** What can be searched, with its counts; making and deleting of collections. */
export function Collections(props: {
  service: string
  view: CollectionsView
  chosen: string | undefined
  onChoose(name: string): void
}) {
  return (
    <Section title="Collections">
      <Stack>
        <Show
          when={props.view.collections.length > 0}
          fallback={
            <Empty title="There is no collection yet.">
              A collection keeps documents that are searched together. Make one, then drop text
              files on it.
            </Empty>
          }
        >
          <List label="Collections">
            <For each={props.view.collections}>
              {(collection) => (
                <CollectionRow
                  service={props.service}
                  collection={collection}
                  isChosen={collection.name === props.chosen}
                  onChoose={() => props.onChoose(collection.name)}
                />
              )}
            </For>
          </List>
        </Show>
        <For each={props.view.others}>
          {({ name, reason }) => (
            <Notice tone="warn" isSlim title={`${name} cannot be searched here.`}>
              <p>{reason}</p>
            </Notice>
          )}
        </For>
        <Disclosure summary="Make a collection" isOpen={props.view.collections.length === 0}>
          <MakeCollection service={props.service} onMade={props.onChoose} />
        </Disclosure>
      </Stack>
    </Section>
  )
}

const CollectionRow = (props: {
  service: string
  collection: CollectionView
  isChosen: boolean
  onChoose(): void
}) => (
  <ListItem
    title={props.collection.name}
    isMarked={props.isChosen}
    badge={
      <Show when={props.collection.status !== 'green'}>
        <Badge tone={props.collection.status === 'yellow' ? 'wait' : 'bad'}>
          {props.collection.status === 'yellow' ? 'Being sorted' : 'Needs a look'}
        </Badge>
      </Show>
    }
    subtitle={describe(props.collection)}
    actions={
      <>
        <Button
          size="small"
          aria-pressed={props.isChosen}
          aria-label={`${props.isChosen ? 'Chosen' : 'Choose'}: ${props.collection.name}`}
          onClick={props.onChoose}
        >
          {props.isChosen ? 'Chosen' : 'Choose'}
        </Button>
        <Button
          size="small"
          look="danger"
          aria-label={`Delete ${props.collection.name}`}
          onClick={() =>
            act({
              route: `DELETE ${collectionPath(props.service, props.collection.name)}`,
              confirm: props.collection.name,
              keep: 'Keep it',
              done: `${props.collection.name} is deleted.`,
            })
          }
        >
          Delete
        </Button>
      </>
    }
  />
)

function MakeCollection(props: { service: string; onMade(name: string): void }) {
  const [name, setName] = createSignal('')
  const isWrong = () => name() !== '' && !NAME.test(name())
  const make = (): void => {
    if (!NAME.test(name())) return
    const made = name()
    act({
      route: `PUT ${collectionPath(props.service, made)}`,
      body: {},
      done: `${made} is there.`,
      onDone() {
        setName('')
        props.onMade(made)
      },
    })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make()
      }}
    >
      <Stack>
        <TextField
          label="Its name"
          value={name()}
          placeholder="notes"
          error={isWrong() ? 'Use letters, digits, "_", "-" and ".", no dot first.' : undefined}
          onInput={setName}
        />
        <Row>
          <Button type="submit" disabled={name() === '' || isWrong()}>
            Make it
          </Button>
        </Row>
      </Stack>
    </form>
  )
}

/** As the controller takes them. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/

function describe({ points, dense, sparse }: CollectionView): string {
  const sides = [dense && 'meaning', sparse && 'words'].filter(Boolean).join(' and ')
  const passages = points === null ? 'not counted' : count(points, 'passage')
  return sides ? `${passages} · searched by ${sides}` : passages
}
