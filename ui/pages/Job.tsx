import { Show } from 'solid-js'
import { JobActions, JobDetails } from '../kit/JobDetails.tsx'
import { findJob } from '../kit/JobProgress.tsx'
import { Page } from '../kit/Layout.tsx'
import { Age } from '../kit/Text.tsx'

/** One job with a page of its own, to be linked to. */
export default function Job(props: { params: Record<string, string> }) {
  const id = () => props.params.id ?? ''
  const job = () => findJob(id())
  return (
    <Page
      title={job()?.title ?? 'Job'}
      lead={
        <>
          <Show when={job()?.service}>{(service) => <>On {service()}, </>}</Show>
          asked for <Age at={job()?.created_at ?? null} never="some time ago" />
        </>
      }
      actions={<JobActions id={id()} />}
    >
      <JobDetails id={id()} />
    </Page>
  )
}
