import { createSignal, For, Show } from 'solid-js'
import type { JobView } from '../../core/views.ts'
import { call } from '../client.ts'
import { JobBadge } from '../kit/Badge.tsx'
import { Button, LinkButton } from '../kit/Button.tsx'
import { JobProgress } from '../kit/JobProgress.tsx'
import { Page, Row, Section, Stack } from '../kit/Layout.tsx'
import { Empty } from '../kit/Notice.tsx'
import { Table } from '../kit/Table.tsx'
import { Age, Lasting } from '../kit/Text.tsx'
import { toastError } from '../kit/Toasts.tsx'
import { live } from '../live.ts'

interface JobsPage {
  jobs: JobView[]
  next_cursor: string | null
}

/** What is under way and what was done. */
export default function Jobs() {
  const running = () => live.jobs.filter((job) => job.ended_at === null)
  const ended = () => live.jobs.filter((job) => job.ended_at !== null)
  const [older, setOlder] = createSignal<JobView[]>([])
  const [cursor, setCursor] = createSignal<string | null>(null)
  const more = async () => {
    try {
      const after = cursor() ? `&cursor=${encodeURIComponent(cursor() ?? '')}` : ''
      const page = await call<JobsPage>(`GET /api/jobs?limit=50${after}`)
      setOlder((before) => [...before, ...page.jobs])
      setCursor(page.next_cursor)
    } catch (thrown) {
      toastError(thrown)
    }
  }
  void more()
  const all = () => {
    const known = new Set(ended().map(({ id }) => id))
    return [...ended(), ...older().filter((job) => job.ended_at !== null && !known.has(job.id))]
  }
  return (
    <Page
      title="Jobs"
      lead="Everything that takes longer than a moment, with its log."
      actions={<LinkButton href="/audit">Who did what</LinkButton>}
    >
      <Show when={running().length > 0}>
        <Section title="Under way">
          <Stack>
            <For each={running()}>
              {(job) => (
                <div class="card">
                  <div class="row" data-align="apart">
                    <h3>
                      <a href={`/jobs/${job.id}`}>{job.title}</a>
                    </h3>
                    <JobBadge job={job} />
                  </div>
                  <JobProgress job={job} />
                </div>
              )}
            </For>
          </Stack>
        </Section>
      </Show>
      <Section title="Done">
        <Show
          when={all().length > 0}
          fallback={
            <Empty title="No job has ended yet.">Loading a model is a job, for instance.</Empty>
          }
        >
          <Table
            label="Jobs that have ended, newest first"
            rows={all()}
            columns={[
              { title: 'Job', cell: (job) => <a href={`/jobs/${job.id}`}>{job.title}</a> },
              { title: 'Outcome', cell: (job) => <JobBadge job={job} /> },
              { title: 'Service', isExtra: true, cell: (job) => job.service ?? 'none' },
              {
                title: 'Took',
                isExtra: true,
                align: 'end',
                cell: (job) => (
                  <Lasting from={job.started_at ?? job.created_at} to={job.ended_at} />
                ),
              },
              { title: 'Ended', align: 'end', cell: (job) => <Age at={job.ended_at} /> },
            ]}
          />
        </Show>
        <Show when={cursor()}>
          <Row>
            <Button onClick={more}>Show earlier jobs</Button>
          </Row>
        </Show>
      </Section>
    </Page>
  )
}
