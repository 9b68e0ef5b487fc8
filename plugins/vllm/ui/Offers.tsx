import { For, Show } from 'solid-js'
import { Button, Disclosure, formatBytes, List, ListItem, waitsFor } from '#ui'
import type { ModelView } from '../views.ts'
import { load } from './acts.ts'
import { titleOf, traitsOf } from './model-words.ts'

const MOST_OFFERED = 4

/** What could be loaded instead, the last loaded first. */
export function Offers(props: {
  models: readonly ModelView[]
  service: string
  served: ModelView | undefined
}) {
  const offered = () =>
    props.models
      .filter((model) => model.state === 'ready' && model.running.length === 0)
      .sort((a, b) => (b.last_loaded_at ?? '').localeCompare(a.last_loaded_at ?? ''))
  return (
    <Show when={offered().length > 0}>
      <Disclosure
        summary={`${props.served ? 'Also ready' : 'Ready'} to be loaded: ${offered().length}`}
        isOpen={props.served === undefined}
      >
        <List label="Models that can be loaded">
          <For each={offered().slice(0, MOST_OFFERED)}>
            {(model) => (
              <ListItem
                title={titleOf(model)}
                subtitle={traitsOf(model)}
                aside={formatBytes(Math.max(...model.hosts.map((host) => host.size_bytes)))}
                actions={
                  <Button
                    size="small"
                    aria-label={`Load ${titleOf(model)}`}
                    waits={waitsFor(props.service)}
                    onClick={() => load(model, props.service, props.served)}
                  >
                    Load
                  </Button>
                }
              />
            )}
          </For>
        </List>
        <Show when={offered().length > MOST_OFFERED}>
          <a href="/models">All models</a>
        </Show>
      </Disclosure>
    </Show>
  )
}
