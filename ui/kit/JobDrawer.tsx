import { createSignal, lazy, onMount, Show } from 'solid-js'

const [shownJob, setShownJob] = createSignal<string>()

/** Opens the drawer on a job. */
export const showJob = (id: string): void => void setShownJob(id)

// The overview is drawn without it.
const JobDialog = lazy(() => import('./JobDialog.tsx'))

/** Where jobs are shown beside any page; once in the app. */
export function JobDrawer() {
  onMount(() => void JobDialog.preload())
  return (
    <Show when={shownJob()} keyed>
      {(id) => <JobDialog id={id} onClose={() => setShownJob(undefined)} />}
    </Show>
  )
}
