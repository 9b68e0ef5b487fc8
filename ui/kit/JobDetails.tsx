import { createEffect, createSignal, For, on, Show } from 'solid-js'
import type { JobView } from '../../core/views.ts'
import { call } from '../client.ts'
import { noteJob } from '../live.ts'
import { act } from './Act.tsx'
import { JobBadge } from './Badge.tsx'
import { Button, LinkButton } from './Button.tsx'
import { formatTime, sentence } from './format.ts'
import { findJob, JobProgress, phaseName } from './JobProgress.tsx'
import { Skeleton } from './Layout.tsx'
import { Log } from './Log.tsx'
import { createJobLines } from './lines.ts'
import { ErrorNotice, Notice } from './Notice.tsx'
import { CodeBlock, Disclosure, Lasting } from './Text.tsx'

/** Phases, progress, error and log of a job. */
export function JobDetails(props: { id: string }) {
  const [error, setError] = createSignal<unknown>()
  if (!findJob(props.id))
    call<JobView>(`GET /api/jobs/${encodeURIComponent(props.id)}`).then(noteJob, setError)
  return (
    <Show
      when={findJob(props.id)}
      fallback={
        <Show when={error()} fallback={<Skeleton lines={5} />}>
          <ErrorNotice error={error()} />
        </Show>
      }
    >
      {(job) => <JobBody job={job()} />}
    </Show>
  )
}

function JobBody(props: { job: JobView }) {
  const log = createJobLines(
    () => props.job.id,
    () => props.job.ended_at !== null,
  )
  return (
    <div class="job">
      <div class="row" data-align="apart">
        <JobBadge job={props.job} />
        <span class="muted small">
          <Show when={props.job.started_at} fallback="not started yet">
            {(from) => (
              <>
                {props.job.ended_at ? 'took ' : 'for '}
                <Lasting from={from()} to={props.job.ended_at} />
              </>
            )}
          </Show>
          <Show when={props.job.lease}>
            {(lease) => <>, under the reservation of “{lease().owner}”</>}
          </Show>
        </span>
      </div>
      <Show when={props.job.ended_at === null}>
        <JobProgress job={props.job} />
      </Show>
      <Show when={props.job.error}>{(error) => <JobError error={error()} />}</Show>
      <Phases job={props.job} />
      <section class="section">
        <h3>Log</h3>
        <Log
          label="Log of the job"
          lines={log.lines()}
          isDropped={log.isDropped()}
          empty={log.error() ?? 'No lines yet.'}
        />
      </section>
    </div>
  )
}

const JobError = (props: { error: NonNullable<JobView['error']> }) => (
  <Notice tone="bad" title={sentence(props.error.message)}>
    <Show when={props.error.hint}>
      <p>{sentence(props.error.hint ?? '')}</p>
    </Show>
    <Show when={props.error.log_tail.length > 0}>
      <Disclosure summary="The lines that matter" isOpen>
        <CodeBlock
          label="Lines that matter"
          text={props.error.log_tail.join('\n')}
          canCopy
          isAtEnd
        />
      </Disclosure>
    </Show>
  </Notice>
)

const Phases = (props: { job: JobView }) => (
  <Show when={props.job.phases.length > 0}>
    <ol class="phases" aria-label="Phases">
      <For each={props.job.phases}>
        {(phase) => (
          <li
            data-state={
              phase.is_failed
                ? 'failed'
                : phase.ended_at === null && props.job.ended_at === null
                  ? 'now'
                  : 'over'
            }
          >
            <span title={formatTime(phase.started_at)}>{phaseName(phase.name)}</span>
            <span class="muted small">
              <Lasting from={phase.started_at} to={phase.ended_at ?? props.job.ended_at} />
            </span>
          </li>
        )}
      </For>
    </ol>
  </Show>
)

/** What can be done with a job. */
export function JobActions(props: { id: string; onLeave?(): void }) {
  const job = () => findJob(props.id)
  let leave: HTMLButtonElement | undefined
  createEffect(
    on(
      () => job()?.ended_at,
      () => {
        // The button that had the focus is gone with the job's end.
        if (document.activeElement === document.body) leave?.focus()
      },
      { defer: true },
    ),
  )
  const cancel = () =>
    act({
      route: `POST /api/jobs/${encodeURIComponent(props.id)}/cancel`,
      keep: 'Let it run',
      done: 'The job is being cancelled.',
    })
  return (
    <>
      <Show when={props.onLeave}>
        <LinkButton href={`/jobs/${encodeURIComponent(props.id)}`} look="quiet">
          Open as a page
        </LinkButton>
      </Show>
      <Show when={job()?.ended_at === null}>
        <Button onClick={cancel} isBusy={job()?.is_cancelling === true}>
          Cancel the job
        </Button>
      </Show>
      <Show when={props.onLeave}>
        <Button look="primary" data-autofocus ref={leave} onClick={() => props.onLeave?.()}>
          {job()?.ended_at === null ? 'Leave it running' : 'Close'}
        </Button>
      </Show>
    </>
  )
}
