import { For, Show } from 'solid-js'
import { Age, List, ListItem, sentence } from '#ui'
import type { DemandView } from '../demand/view.ts'
import type { ModelView } from '../views.ts'
import { titleOf } from './model-words.ts'

/** Models that requests wait for, in the order they come; nothing while nobody waits. */
export const Waiting = (props: {
  waiting: DemandView['waiting']
  models: readonly ModelView[]
}) => {
  const title = (repo: string) =>
    titleOf(props.models.find((model) => model.repo === repo) ?? { repo, recipe: null })
  return (
    <Show when={props.waiting.length > 0}>
      <List label="Requests that wait for a model">
        <For each={props.waiting}>
          {({ model, requests, since, position, phase }) => (
            <ListItem
              title={`${position}. ${title(model)}`}
              subtitle={sentence(phase)}
              aside={
                <>
                  {requests === 1 ? '1 request' : `${requests} requests`}, the first{' '}
                  <Age at={since} />
                </>
              }
            />
          )}
        </For>
      </List>
    </Show>
  )
}
