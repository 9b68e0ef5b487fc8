import { For, Show } from 'solid-js'
import { Disclosure, Grid, SelectField, sentence, TextField } from '#ui'
import type { Suggestion } from '../views.ts'
import { FIELDS, type FormValues, hintFor, type RecipeField } from './recipe-form.ts'

interface FormProps {
  /** What was read of its files; undefined until then. */
  read: Suggestion | undefined
  values: FormValues
  errors: Record<string, string>
  onInput(key: string, value: string): void
}

/** The fields of a recipe, those rarely needed folded away; each says why its value was suggested. */
export function RecipeForm(props: FormProps) {
  const rare = FIELDS.filter(({ isRare }) => isRare)
  const isRareNeeded = () => rare.some(({ key }) => props.errors[key] || props.values[key])
  return (
    <>
      <Grid of="fields">
        <For each={FIELDS.filter(({ isRare }) => !isRare)}>
          {(field) => <RecipeInput {...props} field={field} />}
        </For>
      </Grid>
      <Disclosure summary="Rarely needed" isOpen={isRareNeeded()}>
        <Grid of="fields">
          <For each={rare}>{(field) => <RecipeInput {...props} field={field} />}</For>
        </Grid>
      </Disclosure>
    </>
  )
}

function RecipeInput(props: FormProps & { field: RecipeField }) {
  const hint = () =>
    hintFor(props.field, props.values[props.field.key] ?? '', props.read) ?? props.field.hint
  const error = () => {
    const message = props.errors[props.field.key]
    return message && sentence(message)
  }
  const type = () => props.field.type
  const options = () => {
    const choices = type()
    return typeof choices === 'string' ? undefined : choices
  }
  return (
    <Show
      when={options()}
      fallback={
        <TextField
          label={props.field.label}
          technicalName={props.field.key}
          hint={hint()}
          error={error()}
          value={props.values[props.field.key] ?? ''}
          {...(type() === 'lines' || type() === 'pairs' ? { rows: 3, isMono: true } : {})}
          {...(type() === 'number' && { inputMode: 'decimal' as const })}
          onInput={(value) => props.onInput(props.field.key, value)}
        />
      }
    >
      {(choices) => (
        <SelectField
          label={props.field.label}
          technicalName={props.field.key}
          hint={hint()}
          error={error()}
          value={props.values[props.field.key] ?? ''}
          options={choices().map((value) => ({ value, label: value || 'as the engine decides' }))}
          onChange={(value) => props.onInput(props.field.key, value)}
        />
      )}
    </Show>
  )
}
