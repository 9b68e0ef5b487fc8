import { For, Show } from 'solid-js'
import type { JobView } from '../../core/views.ts'
import { JobBadge } from '../kit/Badge.tsx'
import { Button, LinkButton } from '../kit/Button.tsx'
import { JobProgress } from '../kit/JobProgress.tsx'
import { Page, Row, Section, Stack } from '../kit/Layout.tsx'
import { Empty, ErrorNotice } from '../kit/Notice.tsx'
import { Table } from '../kit/Table.tsx'
import { Age, Lasting } from '../kit/Text.tsx'
import { live } from '../live.ts'
import { createPaged } from './paged.ts'

/** What is under way and what was done. */
export default function Jobs() {
  const running = () => live.jobs.filter((job) => job.ended_at === null)
  const ended = () => live.jobs.filter((job) => job.ended_at !== null)
  const kept = createPaged<'jobs', JobView>(() => '/api/jobs?limit=50', 'jobs', [])
  const all = () => {
    const known = new Set(live.jobs.map(({ id }) => id))
    const older = kept.entries() ?? []
    return [...ended(), ...older.filter((job) => job.ended_at !== null && !known.has(job.id))]
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
        <Show when={kept.error()}>
          <ErrorNotice title="Earlier jobs could not be fetched." error={kept.error()} />
        </Show>
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
        <Show when={kept.hasMore()}>
          <Row>
            <Button onClick={kept.more}>Show earlier jobs</Button>
          </Row>
        </Show>
      </Section>
    </Page>
  )
}
