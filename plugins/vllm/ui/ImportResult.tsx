import { For, type JSX, Show } from 'solid-js'
import { Code, CodeBlock, count, Disclosure, Notice, sentence, Table } from '#ui'
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
      <Part title={`${count(props.view.dropped.length, 'part')} left out, and why`} isOpen>
        <Table
          label="Left out"
          rows={props.view.dropped}
          columns={[
            { title: 'Line', align: 'end', cell: ({ line }) => line },
            { title: 'In the file', cell: ({ what }) => <Code>{what}</Code> },
            { title: 'Why', cell: ({ because }) => sentence(because) },
          ]}
        />
      </Part>
    </Show>
    <Show when={props.view.translated.length > 0}>
      <Part title="What was read as what">
        <Table
          label="Read as"
          rows={props.view.translated}
          columns={[
            { title: 'Line', align: 'end', cell: ({ line }) => line },
            { title: 'In the file', cell: ({ from }) => <Code>{from}</Code> },
            { title: 'Here', cell: ({ to }) => <Code>{to}</Code> },
          ]}
        />
      </Part>
    </Show>
  </>
)

const Part = (props: { title: string; isOpen?: boolean; children: JSX.Element }) => (
  <Disclosure summary={props.title} isOpen={props.isOpen ?? false}>
    {props.children}
  </Disclosure>
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
