import { createSignal, For, Show } from 'solid-js'
import {
  asCallError,
  call,
  count,
  ErrorNotice,
  FileDrop,
  type JobView,
  Notice,
  noteJob,
  Stack,
  showJob,
  toast,
} from '#ui'
import { type ReadFile, readFiles, type UnreadFile } from './read-files.ts'
import type { AddedView } from './search-views.ts'
import { collectionPath } from './sources.ts'

/** Text files dropped on a collection become its documents; the same file again changes nothing. */
export function AddDocuments(props: { service: string; collection: string; onAdded(): void }) {
  const [isBusy, setIsBusy] = createSignal(false)
  const [error, setError] = createSignal<unknown>()
  const [left, setLeft] = createSignal<UnreadFile[]>([])
  const add = async (files: File[]): Promise<void> => {
    setIsBusy(true)
    setError(undefined)
    try {
      const { read, unread } = await readFiles(files)
      setLeft(unread)
      if (read.length > 0) setLeft([...unread, ...(await send(read))])
    } catch (thrown) {
      setError(asCallError(thrown))
    }
    setIsBusy(false)
  }
  const send = async (read: ReadFile[]): Promise<UnreadFile[]> => {
    const documents = read.map(({ name, text }) => ({
      ...{ id: name, text, payload: { file: name } },
    }))
    const reply = await call<AddedView | { job: JobView }>(
      `POST ${collectionPath(props.service, props.collection, '/documents')}`,
      { body: { documents } },
    )
    if ('job' in reply) {
      noteJob(reply.job)
      showJob(reply.job.id)
      return []
    }
    props.onAdded()
    const added = read.length - reply.failed.length
    if (added > 0) toast(`${count(added, 'file')} added to ${props.collection}.`)
    return reply.failed.map(({ id, message }) => ({ name: String(id), reason: message }))
  }
  return (
    <Stack>
      <FileDrop
        label={`Drop text files here to add them to ${props.collection}`}
        hint="Plain text, Markdown, CSV, JSON or HTML, up to 1 MB each. A file of the same name takes the place of the one before."
        choose="Choose files"
        accept="text/*,.md,.csv,.json,.log,.yaml,.yml"
        isBusy={isBusy()}
        onFiles={(files) => void add(files)}
      />
      <Show when={error()}>
        <ErrorNotice error={error()} />
      </Show>
      <Show when={left().length > 0}>
        <Notice tone="warn" isUrgent title={`${count(left().length, 'file')} not added.`}>
          <ul>
            <For each={left()}>
              {({ name, reason }) => (
                <li>
                  {name}: {reason}
                </li>
              )}
            </For>
          </ul>
        </Notice>
      </Show>
    </Stack>
  )
}
