import { createSignal, Show } from 'solid-js'
import { Empty, ErrorNotice, Page, place, Section, SelectField, Skeleton, Stack } from '#ui'
import { AddDocuments } from './AddDocuments.tsx'
import { Ask } from './Ask.tsx'
import { Collections } from './Collections.tsx'
import { createCollections, searchServices } from './sources.ts'

/** Search in the collections of a service, what lies in them, and more of it by drop. */
export default function SearchPage() {
  const [chosen, setChosen] = createSignal(place().query.get('service') ?? '')
  const service = () => searchServices().find(({ id }) => id === chosen()) ?? searchServices()[0]
  return (
    <Page
      title="Search"
      lead="Finds passages by what they mean and by the words in them."
      actions={
        <Show when={searchServices().length > 1}>
          <SelectField
            label="Search with"
            isBare
            value={service()?.id ?? ''}
            options={searchServices().map(({ id }) => ({ value: id, label: id }))}
            onChange={setChosen}
          />
        </Show>
      }
    >
      <Show
        when={service()?.id}
        keyed
        fallback={
          <Empty title="Nothing to search with.">
            Add a service of kind embeddings to topology.yaml.
          </Empty>
        }
      >
        {(id) => <Searching service={id} />}
      </Show>
    </Page>
  )
}

function Searching(props: { service: string }) {
  const collections = createCollections(() => props.service)
  const [wanted, setWanted] = createSignal('')
  const all = () => collections.value()?.collections ?? []
  const name = () =>
    (all().find((one) => one.name === wanted()) ?? all().find(({ points }) => points) ?? all()[0])
      ?.name
  return (
    <Stack gap="large">
      <Show when={collections.error()}>
        <ErrorNotice error={collections.error()} />
      </Show>
      <Show
        when={collections.value()}
        fallback={
          <Show when={!collections.error()}>
            <Skeleton lines={4} />
          </Show>
        }
      >
        {(view) => (
          <>
            <Show when={name()} keyed>
              {(collection) => <Ask service={props.service} collection={collection} />}
            </Show>
            <Collections
              service={props.service}
              view={view()}
              chosen={name()}
              onChoose={setWanted}
            />
            <Show when={name()} keyed>
              {(collection) => (
                <Section title={`Add to ${collection}`}>
                  <AddDocuments
                    service={props.service}
                    collection={collection}
                    onAdded={() => void collections.refetch()}
                  />
                </Section>
              )}
            </Show>
          </>
        )}
      </Show>
    </Stack>
  )
}
