import { createSignal, For, Show } from 'solid-js'
import type { DeliveryView, WebhookView } from '../../core/webhooks/views.ts'
import { call } from '../client.ts'
import { Badge, type Tone } from '../kit/Badge.tsx'
import { Button } from '../kit/Button.tsx'
import { createFetched } from '../kit/fetched.ts'
import { count, formatTime } from '../kit/format.ts'
import { Page, Section, Skeleton } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Empty, ErrorNotice } from '../kit/Notice.tsx'
import { Age, Code, CodeBlock } from '../kit/Text.tsx'
import { toast, toastError } from '../kit/Toasts.tsx'
import { HeldBack } from './HeldBack.tsx'

const EXAMPLE = `webhooks:
  - name: phone
    url: https://ntfy.example.org/my-topic
    format: ntfy
    events: [swap_failed, service_down, service_up, host_down, host_up, disk_low]
    quiet_hours: { from: "22:00", to: "07:00", time_zone: Europe/Vienna, except: [disk_low] }`

/** Who is told of events, what they got, and what waits for them. */
export default function Webhooks() {
  const topics = ['deliveries']
  const webhooks = createFetched(
    () => call<{ webhooks: WebhookView[] }>('GET /api/coordination/webhooks'),
    { topics, key: 'name' },
  )
  const deliveries = createFetched(
    () => call<{ deliveries: DeliveryView[] }>('GET /api/coordination/deliveries'),
    { topics },
  )
  const list = () => webhooks.value()?.webhooks
  const sent = () => deliveries.value()?.deliveries ?? []
  return (
    <Page title="Webhooks" lead="Programs and people that are told what happens here.">
      <Show when={webhooks.error() ?? deliveries.error()}>
        {(error) => <ErrorNotice error={error()} />}
      </Show>
      <Show when={list()} fallback={<Skeleton lines={4} />}>
        {(known) => (
          <Show when={known().length > 0} fallback={<None />}>
            <List label="Webhooks of the topology">
              <For each={known()}>{(webhook) => <Row webhook={webhook} />}</For>
            </List>
          </Show>
        )}
      </Show>
      <HeldBack webhooks={list() ?? []} />
      <Show when={sent().length > 0}>
        <Section title="Last deliveries">
          <Deliveries deliveries={sent()} />
        </Section>
      </Show>
    </Page>
  )
}

const None = () => (
  <>
    <Empty title="Nobody is told of anything yet.">
      An entry like this in topology.yaml sends events to a program, to your phone or into a chat.
    </Empty>
    <CodeBlock label="An entry of topology.yaml" text={EXAMPLE} canCopy />
  </>
)

function Row(props: { webhook: WebhookView }) {
  const [isSending, setIsSending] = createSignal(false)
  const sendTest = async () => {
    setIsSending(true)
    try {
      const route = `POST /api/coordination/webhooks/${props.webhook.name}/test`
      const { delivery } = await call<{ delivery: DeliveryView }>(route, { body: {} })
      if (delivery.state === 'delivered') toast(`${props.webhook.name} took the test.`)
      else toastError(new Error(`${props.webhook.name} did not take it: ${delivery.error}.`))
    } catch (thrown) {
      toastError(thrown)
    }
    setIsSending(false)
  }
  const facts = () =>
    [
      count(props.webhook.events.length, 'kind of event', 'kinds of events'),
      props.webhook.is_signed ? 'signed' : '',
      props.webhook.dead > 0 ? `${props.webhook.dead} given up` : '',
    ].filter(Boolean)
  return (
    <ListItem
      title={props.webhook.name}
      badge={
        <>
          <WebhookBadge webhook={props.webhook} />
          <Show when={props.webhook.quiet_until}>
            {(until) => <Badge tone="idle">Quiet until {formatTime(until())}</Badge>}
          </Show>
        </>
      }
      subtitle={
        <>
          <Code>{props.webhook.origin}</Code> · {props.webhook.format} · {facts().join(' · ')}
        </>
      }
      aside={
        <Show
          when={props.webhook.last_delivered_at}
          fallback={<span class="muted">Nothing taken yet</span>}
        >
          <span class="muted">
            Last taken <Age at={props.webhook.last_delivered_at} />
          </span>
        </Show>
      }
      actions={
        <Button
          onClick={sendTest}
          isBusy={isSending()}
          aria-label={`Send a test to ${props.webhook.name}`}
        >
          Send a test
        </Button>
      }
    />
  )
}

const WebhookBadge = (props: { webhook: WebhookView }) => (
  <Show
    when={props.webhook.retry_at === null}
    fallback={<Badge tone="bad">Failing, {props.webhook.waiting} waiting</Badge>}
  >
    <Show when={props.webhook.waiting > 0} fallback={<Badge tone="good">Nothing waiting</Badge>}>
      <Badge tone="wait">{props.webhook.waiting} waiting</Badge>
    </Show>
  </Show>
)

const STATES: Record<DeliveryView['state'], [Tone, string]> = {
  waiting: ['wait', 'Waiting'],
  delivered: ['good', 'Delivered'],
  dead: ['bad', 'Given up'],
}

function Deliveries(props: { deliveries: DeliveryView[] }) {
  const redeliver = async ({ id }: DeliveryView) => {
    try {
      await call(`POST /api/coordination/deliveries/${id}/redeliver`, { body: {} })
      toast('It is sent again.')
    } catch (thrown) {
      toastError(thrown)
    }
  }
  return (
    <List label="Deliveries, newest first">
      <For each={props.deliveries}>
        {(delivery) => (
          <ListItem
            title={delivery.text.replaceAll('\n', ' · ')}
            badge={<StateBadge delivery={delivery} />}
            subtitle={
              <>
                to {delivery.webhook} · <Age at={delivery.happened_at} />
                {delivery.attempts > 1 ? ` · tried ${delivery.attempts} times` : ''}
                {delivery.error === null ? '' : ` · ${delivery.error}`}
              </>
            }
            actions={
              <Button
                look="quiet"
                size="small"
                aria-label={`Send again: ${delivery.text}, to ${delivery.webhook}`}
                onClick={() => redeliver(delivery)}
              >
                {delivery.state === 'waiting' ? 'Send now' : 'Send again'}
              </Button>
            }
          />
        )}
      </For>
    </List>
  )
}

const StateBadge = (props: { delivery: DeliveryView }) => (
  <Badge tone={STATES[props.delivery.state][0]}>{STATES[props.delivery.state][1]}</Badge>
)
