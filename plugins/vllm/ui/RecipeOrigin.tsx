import { Show } from 'solid-js'
import { act, Button, Code, Muted } from '#ui'
import type { ModelView } from '../views.ts'

/** Where the settings of a model come from. */
export const RecipeOrigin = (props: { model: ModelView }) => (
  <>
    <Show when={props.model.recipe_source === 'override'}>
      <Muted>
        You saved these settings. They count from the next load on, whatever Spark Control ships.
      </Muted>
    </Show>
    <Show when={props.model.recipe_source === 'shipped'}>
      <Muted>
        <Show when={props.model.recipe_match} fallback="These settings came with Spark Control.">
          {(match) => (
            <>
              These settings came with Spark Control for <Code>{match().repo}</Code> and for all
              that fit <Code>{match().glob}</Code>.
            </>
          )}
        </Show>{' '}
        What you save here is kept for this model and counts from its next load on.
      </Muted>
    </Show>
  </>
)

/** Goes back to what was shipped, after saying what changes with that. */
export const ResetButton = (props: { model: ModelView; onDone(): void }) => (
  <Show when={props.model.recipe_source === 'override'}>
    <Button
      look="quiet"
      onClick={() =>
        act({
          route: `DELETE /api/models/${encodeURIComponent(props.model.key)}/recipe`,
          keep: 'Keep my settings',
          done: 'Your settings are gone.',
          onDone: () => props.onDone(),
        })
      }
    >
      Reset to shipped…
    </Button>
  </Show>
)
