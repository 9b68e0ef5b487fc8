import { createMemo, createSignal, For, Show } from 'solid-js'
import {
  Age,
  Button,
  Choice,
  call,
  count,
  Empty,
  ErrorNotice,
  Filters,
  List,
  Notice,
  Page,
  SearchField,
  SelectField,
  Skeleton,
  Stack,
  toastError,
} from '#ui'
import type { ModelsView, ModelView } from '../views.ts'
import { Arriving, DownloadBox } from './Downloads.tsx'
import { filterModels, isOfState, type SortKey, type StateFilter } from './filter-models.ts'
import { ImportDialog } from './ImportDialog.tsx'
import { ModelRow } from './ModelRow.tsx'
import { SetupDialog } from './SetupDialog.tsx'
import { createDownloads, createModels, createTargets } from './sources.ts'

const FILTERS: readonly [StateFilter, string][] = [
  ['all', 'All'],
  ['running', 'Loaded'],
  ['ready', 'Ready'],
  ['needs_setup', 'Needs set-up'],
  ['other', 'Not loadable'],
]

const SORTS: readonly { value: SortKey; label: string }[] = [
  { value: 'name', label: 'by name' },
  { value: 'size', label: 'largest first' },
  { value: 'used', label: 'last used first' },
  { value: 'loaded', label: 'last loaded first' },
]

/** Every model that is really on a disk, to be loaded by a click. */
export default function ModelsPage() {
  const models = createModels()
  const [isReading, setIsReading] = createSignal(false)
  const [isImporting, setIsImporting] = createSignal(false)
  const rescan = async () => {
    setIsReading(true)
    await call('POST /api/models/rescan', { body: {} }).catch(toastError)
    await models.refetch()
    setIsReading(false)
  }
  return (
    <Page
      title="Models"
      lead={
        <Show when={models.value()} fallback="Reading the disks…">
          {(value) => (
            <>
              {count(value().models.length, 'model')} on your disks, read{' '}
              <Age at={value().scanned_at} />
            </>
          )}
        </Show>
      }
      actions={
        <>
          <Button onClick={() => setIsImporting(true)}>Import a recipe…</Button>
          <Button onClick={rescan} isBusy={isReading()}>
            Read the disks again
          </Button>
        </>
      }
    >
      <Show when={models.error()}>
        <ErrorNotice title="The list could not be fetched." error={models.error()} />
      </Show>
      <Show
        when={models.value()}
        fallback={
          <Show when={!models.error()}>
            <Skeleton lines={9} />
          </Show>
        }
      >
        {(value) => <ModelsList view={value()} />}
      </Show>
      <Show when={isImporting()}>
        <ImportDialog service={undefined} onClose={() => setIsImporting(false)} />
      </Show>
    </Page>
  )
}

function ModelsList(props: { view: ModelsView }) {
  const [search, setSearch] = createSignal('')
  const [state, setState] = createSignal<StateFilter>('all')
  const [sort, setSort] = createSignal<SortKey>('name')
  const [chosen, setChosen] = createSignal('')
  const [inSetup, setInSetup] = createSignal<ModelView>()
  const targets = createTargets()
  const downloads = createDownloads()
  const arriving = (repo: string) =>
    downloads.value()?.downloads.find((download) => download.repo === repo)
  const isListed = (repo: string) => props.view.models.some((model) => model.repo === repo)
  const unlisted = () => (downloads.value()?.downloads ?? []).filter(({ repo }) => !isListed(repo))
  const ids = () => targets.value()?.ids ?? []
  const target = () =>
    ids().includes(chosen()) ? chosen() : ids().length > 1 ? ids()[0] : undefined
  const shown = createMemo(() =>
    filterModels(props.view.models, { search: search(), state: state(), sort: sort() }),
  )
  const label = (filter: StateFilter, word: string) => {
    const n = props.view.models.filter((model) => isOfState(model, filter)).length
    return `${word} ${n}`
  }
  return (
    <Stack>
      <For each={props.view.errors}>
        {({ host, message }) => (
          <Notice tone="warn" title={`${host} could not be read.`}>
            <p>{message} What is listed for it is what it had when it was last read.</p>
          </Notice>
        )}
      </For>
      <DownloadBox view={props.view} />
      <Arriving downloads={unlisted()} />
      <Filters>
        <SearchField label="Search models" value={search()} onInput={setSearch} />
        <Choice
          label="State"
          value={state()}
          options={FILTERS.map(([value, word]) => ({ value, label: label(value, word) }))}
          onChange={setState}
        />
        <SelectField
          label="Order"
          isBare
          value={sort()}
          options={SORTS}
          onChange={(value) => setSort(value as SortKey)}
        />
        <Show when={ids().length > 1}>
          <SelectField
            label="Load on"
            isBare
            value={target() ?? ''}
            options={ids().map((id) => ({ value: id, label: `load on ${id}` }))}
            onChange={setChosen}
          />
        </Show>
      </Filters>
      <Show when={shown().length > 0} fallback={<NoModels view={props.view} />}>
        <List label="Models">
          <For each={shown()}>
            {(model) => (
              <ModelRow
                model={model}
                models={props.view.models}
                target={target() ?? ids()[0]}
                managed={ids()}
                arriving={arriving(model.repo)}
                onSetup={() => setInSetup(model)}
              />
            )}
          </For>
        </List>
      </Show>
      <Show when={inSetup()} keyed>
        {(model) => (
          <SetupDialog model={model} service={target()} onClose={() => setInSetup(undefined)} />
        )}
      </Show>
    </Stack>
  )
}

const NoModels = (props: { view: ModelsView }) => (
  <Show
    when={props.view.models.length > 0}
    fallback={
      <Empty title="No model is on the disks.">
        Name one above to download it; what others download appears here by itself.
      </Empty>
    }
  >
    <Empty title="No model fits what you look for." />
  </Show>
)
