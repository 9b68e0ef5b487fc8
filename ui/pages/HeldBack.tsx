import { For, Show } from 'solid-js'
import type { WebhookView } from '../../core/webhooks/views.ts'
import { Badge } from '../kit/Badge.tsx'
import { formatTime } from '../kit/format.ts'
import { Section } from '../kit/Layout.tsx'
import { List, ListItem } from '../kit/List.tsx'
import { Age } from '../kit/Text.tsx'

/** What has happened and is not told yet: by night, or since it may undo itself. */
export const HeldBack = (props: { webhooks: readonly WebhookView[] }) => {
  const held = () =>
    props.webhooks.flatMap(({ name, held }) => held.map((each) => ({ ...each, name })))
  return (
    <Show when={held().length > 0}>
      <Section title="Held back">
        <List label="Held back, oldest first">
          <For each={held()}>
            {({ text, name, happened_at, held_until }) => (
              <ListItem
                title={text}
                badge={<Badge tone="idle">Held until {formatTime(held_until)}</Badge>}
                subtitle={
                  <>
                    for {name} · <Age at={happened_at} />
                  </>
                }
              />
            )}
          </For>
        </List>
      </Section>
    </Show>
  )
}
