import { For, Show } from 'solid-js'
import {
  count,
  Empty,
  Figure,
  Figures,
  formatNumber,
  List,
  ListItem,
  Muted,
  Notice,
  sentence,
} from '#ui'
import type { SearchResult, SearchView, Stage } from './search-views.ts'

/** What a search found, best first, with the place and score each stage gave it. */
export const Results = (props: { view: SearchView }) => (
  <>
    <For each={props.view.notes}>
      {({ message }) => <Notice tone="info" isSlim title={sentence(message)} />}
    </For>
    <Show
      when={props.view.results.length > 0}
      fallback={<Empty title="Nothing was found.">Ask in other words, or add documents.</Empty>}
    >
      <Muted>
        <span role="status">{count(props.view.results.length, 'passage')}</span>, {took(props.view)}
      </Muted>
      <List label="Passages that were found">
        <For each={props.view.results}>{(result) => <ResultRow result={result} />}</For>
      </List>
    </Show>
  </>
)

const ResultRow = (props: { result: SearchResult }) => (
  <ListItem
    title={String(props.result.document ?? props.result.id)}
    subtitle={props.result.text ?? 'It has no text of its own.'}
  >
    <Figures>
      <For each={STAGES}>
        {([stage, label]) => (
          <Show when={props.result.stages?.[stage]}>
            {(given) => <Figure label={label} value={placeOf(given())} unit={scoreOf(given())} />}
          </Show>
        )}
      </For>
    </Figures>
  </ListItem>
)

/** The stages in the order in which they happen. */
const STAGES = [
  ['dense', 'By meaning'],
  ['sparse', 'By words'],
  ['fused', 'Joined'],
  ['rerank', 'Read again'],
] as const

/** `1st` */
export function placeOf({ rank }: Stage): string {
  const ending = ['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th'
  return `${rank}${rank % 100 >= 11 && rank % 100 <= 13 ? 'th' : ending}`
}

const scoreOf = ({ score }: Stage): string => `score ${score.toPrecision(3)}`

/** `12 ms for the question, 3 ms for the search` */
function took({ took_ms: { embed, search, rerank } }: SearchView): string {
  const part = (ms: number, what: string) => `${formatNumber(Math.round(ms))} ms ${what}`
  return [
    part(embed, 'to understand the question'),
    part(search, 'to search'),
    ...(rerank === null ? [] : [part(rerank, 'to read again')]),
  ].join(', ')
}
