import { For, type JSX, Show } from 'solid-js'
import { asCallError } from '../client.ts'
import { sentence } from './format.ts'
import { Icon } from './Icon.tsx'
import { icons } from './icons.ts'

/** Something the owner should know, in its place. */
export function Notice(props: {
  tone: 'info' | 'warn' | 'bad' | 'good'
  title?: JSX.Element
  /** Read out as soon as it appears. */
  isUrgent?: boolean
  /** Title and text on one line where there is room. */
  isSlim?: boolean
  actions?: JSX.Element
  children?: JSX.Element
}) {
  return (
    <div
      class="notice"
      data-tone={props.tone}
      data-slim={props.isSlim}
      role={props.isUrgent ? 'alert' : undefined}
    >
      <Icon
        path={
          props.tone === 'good' ? icons.check : props.tone === 'info' ? icons.about : icons.alert
        }
      />
      <div class="notice-words">
        <Show when={props.title}>
          <p class="strong">{props.title}</p>
        </Show>
        {props.children}
      </div>
      <Show when={props.actions}>
        <div class="row" data-gap="small">
          {props.actions}
        </div>
      </Show>
    </div>
  )
}

/** What went wrong and the way out. */
export function ErrorNotice(props: { error: unknown; title?: string; actions?: JSX.Element }) {
  const error = () => asCallError(props.error)
  return (
    <Notice
      tone="bad"
      isUrgent
      title={props.title ?? sentence(error().message)}
      actions={props.actions}
    >
      <Show when={props.title}>
        <p>{sentence(error().message)}</p>
      </Show>
      <Show when={error().hint}>
        <p>{sentence(error().hint ?? '')}</p>
      </Show>
      <Show when={error().details.length > 0}>
        <ul class="list">
          <For each={error().details}>
            {(detail) => (
              <li>
                <code>{detail.path}</code> {detail.message}
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Notice>
  )
}

/** What stands where nothing is. */
export function Empty(props: { title: string; children?: JSX.Element; action?: JSX.Element }) {
  return (
    <div class="empty">
      <p class="strong">{props.title}</p>
      <Show when={props.children}>
        <p class="muted">{props.children}</p>
      </Show>
      {props.action}
    </div>
  )
}
