import { createSignal, Show } from 'solid-js'
import {
  asCallError,
  Button,
  type CallError,
  call,
  count,
  Dialog,
  Disclosure,
  ErrorNotice,
  Facts,
  Muted,
  Notice,
  Skeleton,
  sentence,
  toast,
} from '#ui'
import type { Recipe } from '../recipe/recipe.ts'
import type { ModelView, Suggestion } from '../views.ts'
import { load } from './acts.ts'
import { CommandPreview } from './CommandPreview.tsx'
import { createCheck } from './create-check.ts'
import { titleOf } from './model-words.ts'
import { RecipeForm } from './RecipeForm.tsx'
import { RecipeOrigin, ResetButton } from './RecipeOrigin.tsx'
import { errorsByField, type FormValues, fromForm, toForm } from './recipe-form.ts'

/** Launch settings of a model: suggested from its own files the first time, each with its reason. */
export function SetupDialog(props: {
  model: ModelView
  service: string | undefined
  onClose(): void
}) {
  const [start, setStart] = createSignal<Recipe>()
  const [read, setRead] = createSignal<Suggestion>()
  const [values, setValues] = createSignal<FormValues>({})
  const [error, setError] = createSignal<CallError>()
  const [isSaving, setIsSaving] = createSignal(false)
  const begin = (recipe: Recipe) => {
    setStart(recipe)
    setValues(toForm(recipe))
  }
  const suggest = async () => {
    const query = new URLSearchParams({
      repo: props.model.repo,
      ...(props.service && { service: props.service }),
    })
    try {
      const found = await call<Suggestion>(`GET /api/models/suggest?${query}`)
      setRead(found)
      if (!start()) begin(found.recipe)
    } catch (thrown) {
      // settings there are can be changed without what the files say
      if (!start()) setError(asCallError(thrown))
    }
  }
  const check = createCheck({
    key: () => props.model.key,
    service: () => props.service,
    recipe: () => {
      const begun = start()
      return begun && fromForm(values(), begun)
    },
  })
  const mistakes = () => error()?.details ?? check.view()?.details ?? []
  if (props.model.recipe) begin(props.model.recipe)
  void suggest()
  const save = async (base: Recipe, isLoading: boolean) => {
    setIsSaving(true)
    setError(undefined)
    try {
      const recipe = fromForm(values(), base)
      await call(`PUT /api/models/${encodeURIComponent(props.model.key)}/recipe`, { body: recipe })
      const saved = { ...props.model, recipe: recipe as Recipe }
      props.onClose()
      if (isLoading) load(saved, props.service)
      else toast(`Settings of ${titleOf(saved)} saved.`)
    } catch (thrown) {
      setError(asCallError(thrown))
      focusInvalid()
    }
    setIsSaving(false)
  }
  return (
    <Dialog
      title={
        props.model.recipe
          ? `Settings of ${titleOf(props.model)}`
          : `Set up ${titleOf(props.model)}`
      }
      size="large"
      onClose={() => props.onClose()}
      isHeld={isSaving()}
      footer={
        <>
          <ResetButton model={props.model} onDone={() => props.onClose()} />
          <Button data-autofocus onClick={() => props.onClose()}>
            Cancel
          </Button>
          <Show when={start()}>
            {(begun) => (
              <>
                <Button isBusy={isSaving()} onClick={() => save(begun(), false)}>
                  Save
                </Button>
                <Show when={props.model.state === 'needs_setup' || props.model.state === 'ready'}>
                  <Button look="primary" isBusy={isSaving()} onClick={() => save(begun(), true)}>
                    Save and load…
                  </Button>
                </Show>
              </>
            )}
          </Show>
        </>
      }
    >
      <Show when={error()}>
        {(shown) => (
          <Show when={shown().details.length > 0} fallback={<ErrorNotice error={shown()} />}>
            <Notice
              tone="bad"
              isUrgent
              title={`Not saved: ${count(shown().details.length, 'field needs', 'fields need')} another look.`}
            />
          </Show>
        )}
      </Show>
      <Show
        when={start()}
        fallback={
          <Show when={!error()}>
            <Skeleton lines={8} />
          </Show>
        }
      >
        <RecipeOrigin model={props.model} />
        <Show when={!props.model.recipe}>
          <Muted>
            These values were read from the model's own files. Look them over once; they are kept.
          </Muted>
        </Show>
        <RecipeForm
          read={read()}
          values={values()}
          errors={errorsByField(mistakes())}
          onInput={(key, value) => {
            setError(undefined)
            setValues((before) => ({ ...before, [key]: value }))
          }}
        />
        <Show when={read()}>{(found) => <WhatFilesSay facts={found().facts} />}</Show>
        <CommandPreview check={check} />
      </Show>
    </Dialog>
  )
}

const focusInvalid = (): void =>
  queueMicrotask(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())

/** What was read of the model's files, each with where it stands. */
const WhatFilesSay = (props: { facts: Suggestion['facts'] }) => (
  <Disclosure summary="What the model's files say">
    <Facts
      facts={props.facts.map(({ name, value, because }) => [
        name,
        <>
          {value} <Muted>{sentence(because)}</Muted>
        </>,
      ])}
    />
  </Disclosure>
)
