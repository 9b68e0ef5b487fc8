import { Show } from 'solid-js'
import {
  Figure,
  Figures,
  formatNumber,
  Hero,
  LinkButton,
  Muted,
  type ServiceView,
  StateReason,
  Tile,
} from '#ui'

/** What redaction has done since the controller started, and the way to try it. */
export default function RedactionTile(props: { service: ServiceView }) {
  const figure = (key: string) => {
    const value = props.service.figures[key]
    return typeof value === 'number' ? formatNumber(value) : null
  }
  const isStrict = () => props.service.figures.mode === 'strict'
  return (
    <Tile
      service={props.service}
      actions={<LinkButton href={`/redaction?service=${props.service.id}`}>Try a text</LinkButton>}
    >
      <div>
        <Hero>{isStrict() ? 'Strict' : 'Balanced'}</Hero>
        <Muted>
          {isStrict()
            ? 'Words and numbers nobody knows are masked too.'
            : 'Only what is recognised is masked.'}
        </Muted>
      </div>
      <StateReason service={props.service} />
      <Figures>
        <Figure label="Scrubbed" value={figure('scrubbed')} />
        <Figure label="Refused" value={figure('refused')} />
        <Figure label="Sessions kept" value={figure('sessions')} />
        <Show when={figure('model_failed')}>
          {(count) => <Figure label="Local model silent" value={count()} />}
        </Show>
      </Figures>
      <Show when={props.service.models.length > 0}>
        <Muted>Scrubs what goes to {props.service.models.join(', ')}.</Muted>
      </Show>
    </Tile>
  )
}
