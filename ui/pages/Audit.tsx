import { createSignal, For, Show } from 'solid-js'
import type { AuditView, Outcome } from '../../core/audit/audit.ts'
import { Badge, type Tone } from '../kit/Badge.tsx'
import { Button } from '../kit/Button.tsx'
import { SelectField } from '../kit/Field.tsx'
import { formatTime, sentence } from '../kit/format.ts'
import { Page, Row, Skeleton } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Empty, ErrorNotice } from '../kit/Notice.tsx'
import { createPaged } from './paged.ts'

const OUTCOMES: Record<Outcome, [Tone, string]> = {
  done: ['good', 'Done'],
  started: ['idle', 'Started'],
  unchanged: ['idle', 'Nothing to do'],
  refused: ['busy', 'Refused'],
  succeeded: ['good', 'Succeeded'],
  failed: ['bad', 'Failed'],
  cancelled: ['idle', 'Cancelled'],
}

/** Who changed what, when, and what came of it. */
export default function Audit() {
  const [outcome, setOutcome] = createSignal('')
  const path = () => `/api/audit?limit=50${outcome() && `&outcome=${outcome()}`}`
  const acts = createPaged<'entries', AuditView>(path, 'entries', ['audit'])
  return (
    <Page
      title="Who did what"
      lead="Every change of the cluster, with what came of it. Kept for 400 days; nothing in it can be changed."
      actions={
        <SelectField
          label="Outcome"
          isBare
          value={outcome()}
          options={[
            { value: '', label: 'every outcome' },
            ...Object.entries(OUTCOMES).map(([value, [, label]]) => ({ value, label })),
          ]}
          onChange={setOutcome}
        />
      }
    >
      <Show when={acts.error()}>
        <ErrorNotice title="The list could not be fetched." error={acts.error()} />
      </Show>
      <Show when={acts.entries()} fallback={<Skeleton lines={8} />}>
        {(entries) => (
          <Show
            when={entries().length > 0}
            fallback={
              <Empty
                title={outcome() ? 'Nothing ended in this way.' : 'Nothing has been changed yet.'}
              />
            }
          >
            <List label="Acts, newest first">
              <For each={entries()}>{(entry) => <Entry entry={entry} />}</For>
            </List>
          </Show>
        )}
      </Show>
      <Show when={acts.hasMore()}>
        <Row>
          <Button onClick={acts.more}>Show earlier ones</Button>
        </Row>
      </Show>
    </Page>
  )
}

const Entry = (props: { entry: AuditView }) => (
  <ListItem
    title={
      <Show when={props.entry.job} fallback={props.entry.title}>
        {(job) => <a href={`/jobs/${job()}`}>{props.entry.title}</a>}
      </Show>
    }
    badge={
      <Badge tone={OUTCOMES[props.entry.outcome][0]}>{OUTCOMES[props.entry.outcome][1]}</Badge>
    }
    subtitle={
      <>
        {formatTime(props.entry.at)} · {who(props.entry)}
        <Show when={props.entry.owner}>{(owner) => <> · reservation of “{owner()}”</>}</Show>
      </>
    }
  >
    <Show when={props.entry.message}>
      {(message) => <p class="small">{sentence(message())}</p>}
    </Show>
  </ListItem>
)

const who = ({ token, address }: AuditView): string =>
  token ? `${token} (${address})` : (address ?? 'Spark Control itself')
