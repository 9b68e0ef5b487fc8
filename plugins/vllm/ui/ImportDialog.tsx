import { createEffect, createSignal, on, onCleanup, onMount, Show } from 'solid-js'
import {
  asCallError,
  Button,
  type CallError,
  Code,
  call,
  Dialog,
  ErrorNotice,
  Muted,
  TextField,
  toast,
} from '#ui'
import type { ImportView } from '../import/views.ts'
import { CommandPreview } from './CommandPreview.tsx'
import { createCheck } from './create-check.ts'
import { ImportResult } from './ImportResult.tsx'

const MOST_BYTES = 64 * 1024
const PAUSE_MS = 350

/** A recipe file of spark-vllm-docker, pasted or dropped: what it would become, then saved. */
export function ImportDialog(props: { service: string | undefined; onClose(): void }) {
  const [text, setText] = createSignal('')
  const [view, setView] = createSignal<ImportView>()
  const [error, setError] = createSignal<CallError>()
  const [isSaving, setIsSaving] = createSignal(false)
  const check = createCheck({
    key: () => view()?.key ?? undefined,
    service: () => props.service,
    recipe: () => view()?.recipe ?? undefined,
  })
  createEffect(
    on(
      text,
      (file) => {
        setView(undefined)
        setError(undefined)
        if (file.trim() === '') return
        const leaving = new AbortController()
        const timer = setTimeout(async () => {
          try {
            const options = { body: { text: file }, signal: leaving.signal }
            const next = await call<ImportView>('POST /api/models/import', options)
            if (!leaving.signal.aborted) setView(next)
          } catch (thrown) {
            if (!leaving.signal.aborted) setError(asCallError(thrown))
          }
        }, PAUSE_MS)
        onCleanup(() => {
          clearTimeout(timer)
          leaving.abort()
        })
      },
      { defer: true },
    ),
  )
  const drop = async (event: DragEvent) => {
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (!file) return void setText(event.dataTransfer?.getData('text/plain') ?? '')
    if (file.size > MOST_BYTES) {
      return void setError(asCallError(`${file.name} is larger than ${MOST_BYTES / 1024} KiB`))
    }
    setText(await file.text())
  }
  const save = async (key: string, recipe: NonNullable<ImportView['recipe']>) => {
    setIsSaving(true)
    try {
      await call(`PUT /api/models/${encodeURIComponent(key)}/recipe`, { body: recipe })
      props.onClose()
      toast(`Settings of ${recipe.title} saved.`)
    } catch (thrown) {
      setError(asCallError(thrown))
    }
    setIsSaving(false)
  }
  let place: HTMLDivElement | undefined
  // once the dialog has opened and put the focus at its top
  onMount(() => queueMicrotask(() => place?.querySelector('textarea')?.focus()))
  return (
    <Dialog
      title="Import a recipe"
      size="large"
      onClose={() => props.onClose()}
      isHeld={isSaving()}
      footer={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Show when={view()?.recipe}>
            {(recipe) => (
              <Button
                look="primary"
                isBusy={isSaving()}
                onClick={() => save(view()?.key ?? '', recipe())}
              >
                Save as settings of {recipe().title}
              </Button>
            )}
          </Show>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: pasting into the field does the same */}
      <div ref={place} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <TextField
          label="Recipe file"
          hint="A file of spark-vllm-docker's recipes folder: paste its text, or drop it here. Nothing is saved or run before you say so."
          value={text()}
          rows={8}
          isMono
          placeholder={'recipe_version: "1"\nname: …'}
          onInput={setText}
        />
      </div>
      <Show when={error()}>{(shown) => <ErrorNotice error={shown()} />}</Show>
      <Show when={view()}>
        {(shown) => (
          <>
            <ImportResult view={shown()} />
            <Show when={shown().recipe}>
              {(recipe) => (
                <>
                  <Muted>
                    For <Code>{recipe().repo}</Code>. {REPLACES[shown().replaces ?? 'none']}
                  </Muted>
                  <CommandPreview check={check} />
                </>
              )}
            </Show>
          </>
        )}
      </Show>
    </Dialog>
  )
}

const REPLACES = {
  shipped: 'Saved, they count instead of the settings that came with Spark Control.',
  override: 'Saved, they replace the settings you have saved for it.',
  none: 'It has no settings yet.',
}
