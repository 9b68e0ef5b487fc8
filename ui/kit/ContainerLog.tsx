import { createMemo, createSignal, Show } from 'solid-js'
import type { ContainerView } from '../../core/containers/container-view.ts'
import { open } from '../client.ts'
import { readEvents } from '../sse.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { Filters, SearchField } from './Filters.tsx'
import { count } from './format.ts'
import { Muted } from './Layout.tsx'
import { Log } from './Log.tsx'
import { LogBroken } from './LogBroken.tsx'
import { createStreamLines } from './lines.ts'
import { saveFile } from './save-file.ts'
import { toastError } from './Toasts.tsx'

/** Lines a download has at most; the route gives no more. */
const DOWNLOAD_LINES = 10_000

/** A container's log as it is written: searched, and taken along as a file. */
export function ContainerLog(props: {
  service: string
  container: Pick<ContainerView, 'name' | 'host'>
  onClose(): void
}) {
  const route = (query: string) =>
    `GET /api/services/${encodeURIComponent(props.service)}/containers/${encodeURIComponent(props.container.name)}/logs?host=${encodeURIComponent(props.container.host)}&${query}`
  const log = createStreamLines(() => route('tail=1000&follow=true'))
  const [wanted, setWanted] = createSignal('')
  const [isSaving, setIsSaving] = createSignal(false)
  const found = createMemo(() => {
    const text = wanted().trim().toLowerCase()
    return text === ''
      ? log.lines()
      : log.lines().filter((line) => line.text.toLowerCase().includes(text))
  })
  const save = async () => {
    setIsSaving(true)
    try {
      const text = await readAll(route(`tail=${DOWNLOAD_LINES}`))
      saveFile(`${props.container.name}.log`, new Blob([text], { type: 'text/plain' }))
    } catch (thrown) {
      toastError(thrown)
    }
    setIsSaving(false)
  }
  return (
    <Dialog
      title={`Log of ${props.container.name}`}
      place="side"
      size="large"
      onClose={props.onClose}
      footer={
        <>
          <Button isBusy={isSaving()} onClick={save}>
            Download
          </Button>
          <Button look="primary" onClick={() => props.onClose()} data-autofocus>
            Close
          </Button>
        </>
      }
    >
      <Filters>
        <SearchField label="Search these lines" value={wanted()} onInput={setWanted} />
        <Show when={wanted().trim() !== ''}>
          <Muted>{count(found().length, 'line')} found</Muted>
        </Show>
      </Filters>
      <LogBroken why={log.error()} onReopen={log.reopen} />
      <Log
        label={`Log of ${props.container.name}`}
        lines={found()}
        isDropped={log.isDropped()}
        empty={wanted().trim() === '' ? 'Waiting for lines…' : 'No line has these words.'}
      />
    </Dialog>
  )
}

async function readAll(route: string): Promise<string> {
  const response = await open(route)
  const lines: string[] = []
  for await (const { event, data } of readEvents(response.body ?? new ReadableStream())) {
    const value = JSON.parse(data) as { text?: string; message?: string }
    if (event === 'error') throw new Error(value.message ?? 'The log broke off.')
    if (event === 'line') lines.push(value.text ?? '')
  }
  return `${lines.join('\n')}\n`
}
