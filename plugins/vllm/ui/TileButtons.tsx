import { Show } from 'solid-js'
import { Button, LinkButton, live, Muted, type ServiceView, showJob, waitsFor } from '#ui'
import type { ModelView } from '../views.ts'
import { unload } from './acts.ts'
import { movesEngine } from './model-jobs.ts'

/** What can be done with a language model from its tile. */
export function TileButtons(props: {
  service: ServiceView
  served: ModelView | undefined
  isServing: boolean
  isManaged: boolean
  isBusy: boolean
  isDetailed: boolean
}) {
  const job = () =>
    live.jobs.find(
      (one) => one.service === props.service.id && one.ended_at === null && movesEngine(one),
    )
  return (
    <Show
      when={!props.isBusy}
      fallback={
        <Button look="primary" onClick={() => showJob(job()?.id ?? '')}>
          Watch it
        </Button>
      }
    >
      <Show when={props.isServing}>
        <LinkButton look="primary" href={`/chat?service=${props.service.id}`}>
          Chat
        </LinkButton>
      </Show>
      <Show when={props.isManaged} fallback={<Muted>Watched only (manage: false).</Muted>}>
        <LinkButton look={props.isServing ? 'plain' : 'primary'} href="/models">
          {props.isServing ? 'Change the model' : 'Load a model'}
        </LinkButton>
        <Show when={props.isServing}>
          <Button
            waits={waitsFor(props.service.id)}
            onClick={() => unload(props.service.id, props.served)}
          >
            Unload
          </Button>
        </Show>
      </Show>
      <Show when={props.service.has_logs && !props.isDetailed}>
        <LinkButton
          look="quiet"
          href={`/services/${props.service.id}`}
          label="Log of the language model"
        >
          Log
        </LinkButton>
      </Show>
    </Show>
  )
}
