import { createUniqueId, type JSX, Show } from 'solid-js'

/** A list of rich rows. */
export const List = (props: { label: string; children: JSX.Element }) => (
  <div class="rows-place">
    <ul class="rows" aria-label={props.label}>
      {props.children}
    </ul>
  </div>
)

/** A row: what it is, what is to be said of it, figures, and what can be done with it. */
export function ListItem(props: {
  title: JSX.Element
  subtitle?: JSX.Element
  badge?: JSX.Element
  /** Right of the words where there is room. */
  aside?: JSX.Element
  actions?: JSX.Element
  isMarked?: boolean
  children?: JSX.Element
}) {
  const id = createUniqueId()
  return (
    <li class="row-item" data-marked={props.isMarked} aria-labelledby={id}>
      <div class="row-words">
        <div class="row" data-gap="small">
          <span class="row-title" id={id}>
            {props.title}
          </span>
          {props.badge}
        </div>
        <Show when={props.subtitle}>
          <div class="muted small row-sub">{props.subtitle}</div>
        </Show>
        {props.children}
      </div>
      <Show when={props.aside}>
        <div class="row-aside">{props.aside}</div>
      </Show>
      <Show when={props.actions}>
        <div class="row row-actions" data-gap="small">
          {props.actions}
        </div>
      </Show>
    </li>
  )
}
