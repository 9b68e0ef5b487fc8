import { For, Show } from 'solid-js'
import { Age, count, List, ListItem, Muted, sentence } from '#ui'
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
      <Muted>Requests wait for a model:</Muted>
      <List label="Requests that wait for a model">
        <For each={props.waiting}>
          {(group) => (
            <ListItem
              title={`${group.position}. ${title(group.model)}`}
              subtitle={sentence(group.phase)}
              aside={
                <>
                  {count(group.requests, 'request')}, the first <Age at={group.since} />
                </>
              }
            />
          )}
        </For>
      </List>
    </Show>
  )
}
