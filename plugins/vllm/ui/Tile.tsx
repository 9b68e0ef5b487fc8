import { Show } from 'solid-js'
import {
  Age,
  Code,
  ErrorNotice,
  Figure,
  Figures,
  formatNumber,
  Hero,
  JobProgress,
  live,
  Muted,
  Notice,
  type ServiceView,
  StateReason,
  Tile,
} from '#ui'
import type { CardView, ModelView } from '../views.ts'
import { LastFailure } from './LastFailure.tsx'
import { movesEngine } from './model-jobs.ts'
import { abilitiesOf, liesOn, servedBy, titleOf } from './model-words.ts'
import { Offers } from './Offers.tsx'
import { createCard, createModels } from './sources.ts'
import { TileButtons } from './TileButtons.tsx'
import { Waiting } from './Waiting.tsx'

/** The language model: what is served, how it does, what else could be loaded. */
export default function ModelTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const models = createModels()
  const card = createCard(() => props.service.id)
  const all = () => models.value()?.models ?? []
  const served = () => servedBy(all(), props.service.id)
  const newest = () => live.jobs.find((job) => job.service === props.service.id && movesEngine(job))
  const running = () => (newest()?.ended_at === null ? newest() : undefined)
  const isServing = () => props.service.models.length > 0 || served() !== undefined
  const isManaged = () => card.value()?.manage !== false
  return (
    <Tile
      service={props.service}
      title="Language model"
      isWide={isManaged()}
      actions={
        <TileButtons
          service={props.service}
          served={served()}
          isServing={isServing()}
          isManaged={isManaged()}
          isBusy={running() !== undefined}
          isDetailed={props.isDetailed === true}
        />
      }
    >
      <Show when={models.error() && !models.value()}>
        <ErrorNotice error={models.error()} />
      </Show>
      <Show when={running()}>
        {(job) => (
          <>
            <Hero>{job().title}</Hero>
            <JobProgress job={job()} />
          </>
        )}
      </Show>
      <Waiting waiting={card.value()?.demand?.waiting ?? []} models={all()} />
      <Show when={!running()}>
        <LastFailure job={newest()} isServing={isServing()} />
        <Show
          when={isServing()}
          fallback={
            <>
              <Hero>{props.service.state === 'idle' ? 'No model is loaded' : 'Not serving'}</Hero>
              <Show when={props.service.state !== 'idle'}>
                <StateReason service={props.service} />
              </Show>
            </>
          }
        >
          <Serving service={props.service} served={served()} card={card.value()} />
        </Show>
        <Show when={isManaged() && !props.isDetailed}>
          <Offers
            models={all().filter((model) => liesOn(model, card.value()?.nodes))}
            service={props.service.id}
            served={served()}
          />
        </Show>
      </Show>
    </Tile>
  )
}

function Serving(props: {
  service: ServiceView
  served: ModelView | undefined
  card: CardView | undefined
}) {
  const figure = (key: string) => {
    const value = props.service.figures[key]
    return typeof value === 'number' ? formatNumber(value) : value
  }
  const since = () => props.card?.since ?? props.served?.running[0]?.since ?? null
  return (
    <>
      <div>
        <Hero>{props.served ? titleOf(props.served) : props.service.models[0]}</Hero>
        <Muted>
          <Code>{props.service.models.join(', ')}</Code>
          <Show when={props.served && abilitiesOf(props.served)}>
            {(traits) => <> · {traits()}</>}
          </Show>
        </Muted>
      </div>
      <StateReason service={props.service} />
      <Figures>
        <Figure
          label="Answering now"
          value={figure('running') ?? String(props.service.in_flight)}
        />
        <Show when={figure('waiting') !== undefined}>
          <Figure label="Waiting" value={figure('waiting')} />
        </Show>
        <Show when={figure('cache_percent') !== undefined}>
          <Figure label="Cache in use" value={figure('cache_percent')} unit="%" />
        </Show>
        <Show when={figure('decode_tokens_per_s') !== undefined}>
          <Figure label="Writing" value={figure('decode_tokens_per_s')} unit="tokens/s" />
        </Show>
        <Show when={figure('prefill_tokens_per_s') !== undefined}>
          <Figure label="Reading prompts" value={figure('prefill_tokens_per_s')} unit="tokens/s" />
        </Show>
        <Show when={figure('first_token_s') !== undefined}>
          <Figure label="To the first token" value={figure('first_token_s')} unit="s" />
        </Show>
        <Show when={props.card?.max_model_len}>
          {(length) => <Figure label="Context" value={formatNumber(length())} unit="tokens" />}
        </Show>
        <Show when={since()}>
          <Figure label="Loaded" value={<Age at={since()} />} />
        </Show>
      </Figures>
      <Show when={props.card?.self_check}>{(check) => <SelfCheck check={check()} />}</Show>
      <Show when={props.card?.is_foreign}>
        <Muted>It was not started from here.</Muted>
      </Show>
    </>
  )
}

const SelfCheck = (props: { check: NonNullable<CardView['self_check']> }) => (
  <Show
    when={props.check.answered && props.check.tool_call?.passed !== false}
    fallback={
      <Notice
        tone="warn"
        title={
          props.check.answered
            ? 'It answers, but its tool call did not work.'
            : 'It did not answer the question after loading.'
        }
      >
        <p>{props.check.answered ? props.check.tool_call?.text : props.check.text}</p>
      </Notice>
    }
  >
    <Muted>
      Checked <Age at={props.check.checked_at} />: it answered in{' '}
      {formatNumber(props.check.seconds)} s
      <Show when={props.check.tool_call?.passed}>, and a tool call worked</Show>.
    </Muted>
  </Show>
)
