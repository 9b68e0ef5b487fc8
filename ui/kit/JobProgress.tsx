import { Show } from 'solid-js'
import type { JobView } from '../../core/views.ts'
import { live } from '../live.ts'
import { Bar } from './Bar.tsx'

/** A job as the live state has it. */
export const findJob = (id: string): JobView | undefined => live.jobs.find((job) => job.id === id)

/** What a running job does now, and how far it is. */
export const JobProgress = (props: { job: JobView }) => (
  <div class="progress">
    <div class="row" data-align="apart">
      <span class="strong">{phaseName(props.job.phase ?? 'waiting')}</span>
      <Show when={props.job.percent !== null}>
        <span class="number">{Math.round(props.job.percent ?? 0)} %</span>
      </Show>
    </div>
    <Bar label={props.job.title} percent={props.job.percent} />
  </div>
)

/** `loading_weights` as words. */
export const phaseName = (words: string) =>
  (words.charAt(0).toUpperCase() + words.slice(1)).replaceAll('_', ' ')
