import { createUniqueId, For, type JSX } from 'solid-js'

/** What to look for in a list. */
export function SearchField(props: { label: string; value: string; onInput(value: string): void }) {
  return (
    <input
      class="input"
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      value={props.value}
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  )
}

/** Controls that narrow a list. */
export const Filters = (props: { children: JSX.Element }) => (
  <div class="filters">{props.children}</div>
)

/** One of a few, all seen at once. */
export function Choice<T extends string>(props: {
  label: string
  value: T
  options: readonly { value: T; label: JSX.Element; name?: string }[]
  onChange(value: T): void
}) {
  const name = createUniqueId()
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{props.label}</legend>
      <For each={props.options}>
        {(option) => (
          <label>
            <input
              type="radio"
              name={name}
              value={option.value}
              aria-label={option.name}
              checked={option.value === props.value}
              onChange={() => props.onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        )}
      </For>
    </fieldset>
  )
}
