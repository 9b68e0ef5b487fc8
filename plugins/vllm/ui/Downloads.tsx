import { createSignal, For, Show } from 'solid-js'
import {
  Bar,
  Button,
  Code,
  Disclosure,
  Filters,
  formatBytes,
  formatSeconds,
  List,
  ListItem,
  live,
  SelectField,
  SuggestField,
  showJob,
} from '#ui'
import type { DownloadView, ModelsView } from '../views.ts'
import { cancel, download } from './acts.ts'

// no host is called so: ids begin with a letter or digit
const ALL = '*'

/** Brings a repository of the hub onto the disks; recipes that are on none are offered. */
export function DownloadBox(props: { view: ModelsView }) {
  const [repo, setRepo] = createSignal('')
  const offered = () => {
    const here = new Set(props.view.models.map(({ repo }) => repo))
    return props.view.recipes
      .filter((recipe) => !here.has(recipe.repo))
      .map(({ repo: value, title: label }) => ({ value, label }))
  }
  const wanted = () =>
    repo()
      .trim()
      .replace(/^https:\/\/huggingface\.co\//, '')
      .replace(/\/$/, '')
  const [to, setTo] = createSignal('')
  const machines = () => live.hosts.filter(({ state }) => state !== 'none').map(({ id }) => id)
  const places = () => [
    { value: '', label: 'where it runs' },
    ...machines().map((id) => ({ value: id, label: id })),
    ...(machines().length > 1 ? [{ value: ALL, label: 'all machines' }] : []),
  ]
  const ask = () => {
    if (wanted() === '') return
    const hosts = to() === '' ? undefined : to() === ALL ? machines() : [to()]
    download(wanted(), hosts, () => setRepo(''))
  }
  return (
    <Filters>
      <SuggestField
        label="Repository to download"
        placeholder="Download from Hugging Face: org/model"
        value={repo()}
        suggestions={offered()}
        onInput={setRepo}
        onSubmit={ask}
      />
      <SelectField label="Download to" isBare value={to()} options={places()} onChange={setTo} />
      <Button onClick={ask} disabled={wanted() === ''}>
        Download…
      </Button>
    </Filters>
  )
}

/** What is on its way and on no disk yet. */
export const Arriving = (props: { downloads: readonly DownloadView[] }) => (
  <Show when={props.downloads.length > 0}>
    <List label="On their way">
      <For each={props.downloads}>
        {(each) => (
          <ListItem
            title={each.repo.split('/').at(-1)}
            subtitle={<Code>{each.repo}</Code>}
            actions={<DownloadActions download={each} />}
          >
            <DownloadProgress download={each} />
          </ListItem>
        )}
      </For>
    </List>
  </Show>
)

/** How far a download is: bytes, speed, time left, and each file. */
export function DownloadProgress(props: { download: DownloadView }) {
  const percent = () => {
    const { done_bytes: done, total_bytes: total } = props.download
    return total ? (done / total) * 100 : null
  }
  const figures = () => {
    const { done_bytes: done, total_bytes: total, bytes_per_s: speed, eta_s: rest } = props.download
    return [
      total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`,
      ...(speed === null ? [] : [`${formatBytes(speed)} a second`]),
      ...(rest === null || rest === 0 ? [] : [`${formatSeconds(rest)} left`]),
    ].join(' · ')
  }
  const what = () =>
    `${props.download.kind === 'copy' ? 'Copying' : 'Downloading'} to ${props.download.host}`
  const under = () =>
    props.download.files.filter(({ done_bytes, size_bytes }) => done_bytes < size_bytes)
  return (
    <div class="progress">
      <span class="small">
        {what()} · {figures()}
      </span>
      <Bar label={`${what()}: ${props.download.repo}`} percent={percent()} />
      <Show when={under().length > 0}>
        <Disclosure
          summary={`${props.download.files.length - under().length} of ${props.download.files.length} files are there`}
        >
          <ul class="stops">
            <For each={under()}>
              {(file) => (
                <li class="small">
                  <Code>{file.path}</Code> {formatBytes(file.done_bytes)} of{' '}
                  {formatBytes(file.size_bytes)}
                </li>
              )}
            </For>
          </ul>
        </Disclosure>
      </Show>
    </div>
  )
}

/** Watch it, or end it. */
export const DownloadActions = (props: { download: DownloadView }) => (
  <>
    <Button
      look="quiet"
      aria-label={`Watch the download of ${props.download.repo}`}
      onClick={() => showJob(props.download.job)}
    >
      Watch
    </Button>
    <Button
      aria-label={`Cancel the download of ${props.download.repo}`}
      onClick={() => cancel(props.download.job)}
    >
      Cancel…
    </Button>
  </>
)
