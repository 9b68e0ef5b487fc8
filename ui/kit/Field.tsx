import { createUniqueId, For, type JSX, Show } from 'solid-js'

interface FieldProps {
  label: string
  /** What files and messages call it, where that is something else. */
  technicalName?: string | undefined
  hint?: JSX.Element
  /** What is wrong with the value. */
  error?: string | undefined
}

/** A named control with its hint and what is wrong with it. */
export function Field(
  props: FieldProps & {
    isBare?: boolean | undefined
    children: (control: {
      id: string
      'aria-describedby': string | undefined
      'aria-invalid': 'true' | undefined
    }) => JSX.Element
  },
) {
  const id = createUniqueId()
  return (
    <div class="field" data-invalid={props.error !== undefined}>
      <label for={id} class={props.isBare ? 'visually-hidden' : undefined}>
        {props.label}
      </label>
      <Show when={props.technicalName}>
        <code class="field-name">{props.technicalName}</code>
      </Show>
      {props.children({
        id,
        get 'aria-describedby'() {
          return props.error || props.hint ? `${id}-more` : undefined
        },
        get 'aria-invalid'() {
          return props.error ? ('true' as const) : undefined
        },
      })}
      <Show when={props.error || props.hint}>
        <div id={`${id}-more`}>
          <Show when={props.error}>
            <p class="field-error">{props.error}</p>
          </Show>
          <Show when={props.hint}>
            <p class="hint">{props.hint}</p>
          </Show>
        </div>
      </Show>
    </div>
  )
}

/** A line of text; `rows` makes it several. */
export function TextField(
  props: FieldProps & {
    value: string
    onInput(value: string): void
    rows?: number
    isMono?: boolean
    placeholder?: string
    inputMode?: 'numeric' | 'decimal'
  },
) {
  return (
    <Field {...props}>
      {(control) => (
        <Show
          when={props.rows}
          fallback={
            <input
              {...control}
              class="input"
              data-mono={props.isMono}
              type="text"
              inputmode={props.inputMode}
              value={props.value}
              placeholder={props.placeholder}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => props.onInput(event.currentTarget.value)}
            />
          }
        >
          <textarea
            {...control}
            class="input"
            data-mono={props.isMono}
            rows={props.rows}
            value={props.value}
            placeholder={props.placeholder}
            spellcheck={false}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
        </Show>
      )}
    </Field>
  )
}

/** One of a few. */
export function SelectField(
  props: FieldProps & {
    value: string
    options: readonly { value: string; label: string }[]
    onChange(value: string): void
    /** The label is only heard; the choices say enough. */
    isBare?: boolean
  },
) {
  return (
    <Field {...props}>
      {(control) => (
        <select
          {...control}
          class="input"
          onChange={(event) => props.onChange(event.currentTarget.value)}
        >
          <For each={props.options}>
            {(option) => (
              <option value={option.value} selected={option.value === props.value}>
                {option.label}
              </option>
            )}
          </For>
        </select>
      )}
    </Field>
  )
}

/** A line of text with what it often is: offered while typing, never forced. */
export function SuggestField(props: {
  label: string
  value: string
  placeholder?: string
  suggestions: readonly { value: string; label: string }[]
  onInput(value: string): void
  /** Enter was pressed. */
  onSubmit(): void
}) {
  const id = createUniqueId()
  return (
    <>
      <input
        class="input"
        data-mono
        type="text"
        list={id}
        aria-label={props.label}
        placeholder={props.placeholder ?? props.label}
        value={props.value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.isComposing) props.onSubmit()
        }}
      />
      <datalist id={id}>
        <For each={props.suggestions}>
          {({ value, label }) => <option value={value}>{label}</option>}
        </For>
      </datalist>
    </>
  )
}

/** On or off, at once. */
export function Switch(props: {
  label: string
  hint?: string
  isOn: boolean
  isBusy?: boolean
  onChange(isOn: boolean): void
}) {
  const id = createUniqueId()
  return (
    <div class="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={props.isOn}
        checked={props.isOn}
        aria-busy={props.isBusy}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{props.label}</label>
        <Show when={props.hint}>
          <p class="hint" id={`${id}-hint`}>
            {props.hint}
          </p>
        </Show>
      </div>
    </div>
  )
}
