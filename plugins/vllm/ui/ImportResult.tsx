import { For, Show } from 'solid-js'
import { Code, CodeBlock, count, Disclosure, Notice, sentence } from '#ui'
import type { ImportView } from '../import/views.ts'
import { settingsText } from './settings-text.ts'

/** What became of a recipe file: mistakes, warnings, what is left out, what was read as what. */
export const ImportResult = (props: { view: ImportView }) => (
  <>
    <Show when={props.view.mistakes.length > 0}>
      <Notice
        tone="bad"
        isUrgent
        title={`It cannot be imported yet: ${count(props.view.mistakes.length, 'mistake')}.`}
      >
        <Lines notes={props.view.mistakes} />
      </Notice>
    </Show>
    <Show when={props.view.warnings.length > 0}>
      <Notice tone="warn" title="Worth a look.">
        <Lines notes={props.view.warnings} />
      </Notice>
    </Show>
    <Show when={props.view.recipe}>
      {(recipe) => <CodeBlock label="Settings" text={settingsText(recipe())} canCopy />}
    </Show>
    <Show when={props.view.dropped.length > 0}>
      <Disclosure summary={`${count(props.view.dropped.length, 'part')} left out, and why`} isOpen>
        <ul class="list">
          <For each={props.view.dropped}>
            {({ line, what, because }) => (
              <li>
                Line {line}, <Code>{what}</Code>: {sentence(because)}
              </li>
            )}
          </For>
        </ul>
      </Disclosure>
    </Show>
    <Show when={props.view.translated.length > 0}>
      <Disclosure summary="What was read as what">
        <ul class="list">
          <For each={props.view.translated}>
            {({ line, from, to }) => (
              <li>
                Line {line}, <Code>{from}</Code> → <Code>{to}</Code>
              </li>
            )}
          </For>
        </ul>
      </Disclosure>
    </Show>
  </>
)

const Lines = (props: { notes: ImportView['mistakes'] }) => (
  <ul class="list">
    <For each={props.notes}>
      {({ line, message }) => (
        <li>
          Line {line}: {sentence(message)}
        </li>
      )}
    </For>
  </ul>
)
