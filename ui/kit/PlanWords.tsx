import { For, type JSX, Show } from 'solid-js'
import type { PlanView } from '../../core/views.ts'
import { count, formatSeconds } from './format.ts'
import { Notice } from './Notice.tsx'
import { Disclosure } from './Text.tsx'

/** A plan as a person reads it. */
export function PlanWords(props: { plan: PlanView; children?: JSX.Element }) {
  // What the words say already is not said twice.
  const isSaid = (words: RegExp) => words.test(props.plan.consequence)
  const facts = () => [
    ...(props.plan.last_seconds === null || isSaid(/last time/i)
      ? []
      : [`Last time: ${formatSeconds(props.plan.last_seconds)}`]),
    ...(props.plan.running_requests > 0 && !isSaid(/\brequests?\b/i)
      ? [`${count(props.plan.running_requests, 'request')} being answered now`]
      : []),
  ]
  return (
    <div class="plan">
      <Show when={props.plan.stops.length > 0}>
        <ul class="stops" aria-label="What stops">
          <For each={props.plan.stops}>{(stop) => <li>{stop}</li>}</For>
        </ul>
      </Show>
      <For each={props.plan.consequence.split('\n')}>{(line) => <p>{line}</p>}</For>
      <Show when={facts().length > 0}>
        <p class="muted small">{facts().join(' · ')}</p>
      </Show>
      <Show when={props.plan.irreversible}>
        <Notice tone="warn" title="This cannot be undone.">
          <p>{props.plan.irreversible}</p>
        </Notice>
      </Show>
      {props.children}
      <Show when={props.plan.commands.length > 0}>
        <Disclosure
          summary={`The exact ${props.plan.commands.length === 1 ? 'command' : 'commands'}`}
        >
          <Commands plan={props.plan} />
        </Disclosure>
      </Show>
    </div>
  )
}

const Commands = (props: { plan: PlanView }) => (
  <ol class="commands">
    <For each={props.plan.commands}>
      {({ host, command }) => (
        <li>
          <span class="muted small">{host ?? 'here, on the controller'}</span>
          <pre tabindex="0">{command}</pre>
        </li>
      )}
    </For>
  </ol>
)
