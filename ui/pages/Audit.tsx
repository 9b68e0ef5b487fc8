import { createSignal, For, Show } from 'solid-js'
import type { AuditView, Outcome } from '../../core/audit/audit.ts'
import { call } from '../client.ts'
import { Badge, type Tone } from '../kit/Badge.tsx'
import { Button } from '../kit/Button.tsx'
import { SelectField } from '../kit/Field.tsx'
import { createFetched } from '../kit/fetched.ts'
import { formatTime, sentence } from '../kit/format.ts'
import { Page, Row, Skeleton } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Empty, ErrorNotice } from '../kit/Notice.tsx'
import { toastError } from '../kit/Toasts.tsx'

interface AuditPage {
  entries: AuditView[]
  next_cursor: string | null
}

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
  const [older, setOlder] = createSignal<AuditView[]>([])
  const [cursor, setCursor] = createSignal<string | null>()
  const ask = (after?: string | null) => {
    const query = new URLSearchParams({ limit: '50' })
    if (outcome()) query.set('outcome', outcome())
    if (after) query.set('cursor', after)
    return call<AuditPage>(`GET /api/audit?${query}`)
  }
  const newest = createFetched(() => ask(), { topics: ['audit'] })
  const next = () => (cursor() === undefined ? newest.value()?.next_cursor : cursor())
  const more = async () => {
    try {
      const page = await ask(next())
      setOlder((before) => [...before, ...page.entries])
      setCursor(page.next_cursor)
    } catch (thrown) {
      toastError(thrown)
    }
  }
  const choose = (wanted: string) => {
    setOutcome(wanted)
    setOlder([])
    setCursor(undefined)
    void newest.refetch()
  }
  const entries = () => {
    const first = newest.value()?.entries ?? []
    const known = new Set(first.map(({ id }) => id))
    return [...first, ...older().filter(({ id }) => !known.has(id))]
  }
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
          onChange={choose}
        />
      }
    >
      <Show when={newest.error()}>
        <ErrorNotice title="The list could not be fetched." error={newest.error()} />
      </Show>
      <Show when={newest.value()} fallback={<Skeleton lines={8} />}>
        <Show when={entries().length > 0} fallback={<Empty title="Nothing of this is kept." />}>
          <List label="Acts, newest first">
            <For each={entries()}>{(entry) => <Entry entry={entry} />}</For>
          </List>
        </Show>
        <Show when={next()}>
          <Row>
            <Button onClick={more}>Show earlier ones</Button>
          </Row>
        </Show>
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
