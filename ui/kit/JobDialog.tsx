import { Dialog } from './Dialog.tsx'
import { JobActions, JobDetails } from './JobDetails.tsx'
import { findJob } from './JobProgress.tsx'

/** A job beside the page. */
export default function JobDialog(props: { id: string; onClose(): void }) {
  return (
    <Dialog
      place="side"
      title={findJob(props.id)?.title ?? 'Job'}
      onClose={props.onClose}
      footer={<JobActions id={props.id} onLeave={props.onClose} />}
    >
      <JobDetails id={props.id} />
    </Dialog>
  )
}
