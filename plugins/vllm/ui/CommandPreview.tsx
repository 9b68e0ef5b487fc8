import { For, Show } from 'solid-js'
import { CodeBlock, count, Disclosure, Muted, Skeleton, Stack, sentence } from '#ui'
import type { Check } from './create-check.ts'

/** What loading with the edited settings would run, as the controller tells it. */
export function CommandPreview(props: { check: Check }) {
  const view = () => props.check.view()
  const why = () => {
    const wrong = view()?.details.length ?? 0
    if (wrong > 0) return `${count(wrong, 'field is', 'fields are')} not right yet.`
    return props.check.error()?.message ?? view()?.not_shown ?? undefined
  }
  return (
    <Disclosure summary="The exact commands of a load with these settings">
      <Stack gap="small">
        <Show when={view() && props.check.isOld()}>
          <Muted>Following your last change…</Muted>
        </Show>
        <Show when={why()}>{(reason) => <Muted>None to show: {sentence(reason())}</Muted>}</Show>
        <Show when={!view() && !props.check.error()}>
          <Skeleton lines={3} />
        </Show>
        <For each={view()?.commands ?? []}>
          {({ host, command }) => (
            <Stack gap="small">
              <Muted>{host ?? 'here, on the controller'}</Muted>
              <CodeBlock label="Command" text={command} canCopy />
            </Stack>
          )}
        </For>
      </Stack>
    </Disclosure>
  )
}
