import { Show } from 'solid-js'
import { Button, type JobView, Notice, sentence, showJob } from '#ui'

/** Why nothing is served, where the last load failed. */
export const LastFailure = (props: { job: JobView | undefined; isServing: boolean }) => (
  <Show when={!props.isServing && props.job?.state === 'failed' && props.job}>
    {(job) => (
      <Notice
        tone="bad"
        title={sentence(job().error?.message ?? `${job().title} failed`)}
        actions={
          <Button size="small" onClick={() => showJob(job().id)}>
            Show why
          </Button>
        }
      >
        <Show when={job().error?.hint}>
          <p>{sentence(job().error?.hint ?? '')}</p>
        </Show>
      </Notice>
    )}
  </Show>
)
