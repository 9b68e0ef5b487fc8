import { For, Show } from 'solid-js'
import type { VersionView } from '../../core/containers/update/version.ts'
import type { ServiceView } from '../../core/views.ts'
import { asCallError, call } from '../client.ts'
import { act } from './Act.tsx'
import { Button } from './Button.tsx'
import { createFetched } from './fetched.ts'
import { count, sentence } from './format.ts'
import { Row, Skeleton, Stack } from './Layout.tsx'
import { waitsFor } from './leases.ts'
import { Notice } from './Notice.tsx'
import { Age, Code } from './Text.tsx'

interface Answer {
  /** Null: it was given no source, so there is nothing to show. */
  version: VersionView | null
  fetch_error: { code: string; message: string; hint?: string } | null
}

/** See SourceVersion.tsx, which loads it. */
export default function SourceVersionFacts(props: { service: ServiceView; isDetailed?: boolean }) {
  const path = () => `/api/${encodeURIComponent(props.service.id)}`
  const fetched = createFetched(() => call<Answer>(`GET ${path()}/version`), {
    topics: ['version'],
    key: 'commit',
  })
  const trouble = () =>
    fetched.value()
      ? fetched.value()?.fetch_error
      : fetched.error()
        ? asCallError(fetched.error())
        : undefined
  return (
    <Stack>
      <Show
        when={fetched.value()?.version}
        fallback={
          <Show when={!fetched.value() && !fetched.error()}>
            <Skeleton lines={1} />
          </Show>
        }
      >
        {(version) => (
          <>
            <Row>
              <p>
                Version <Code>{version().commit.slice(0, 8)}</Code> from{' '}
                <Age at={version().committed_at} />, {newsOf(version())}
              </p>
              <Button
                size="small"
                look={version().behind ? 'primary' : 'plain'}
                waits={waitsFor(props.service.id)}
                onClick={() => act({ route: `POST ${path()}/update`, keep: 'Not now' })}
              >
                {version().behind ? 'Update' : 'Look for an update'}
              </Button>
            </Row>
            <Show when={props.isDetailed && version().changes.length > 0}>
              <ul>
                <For each={version().changes}>
                  {(change) => (
                    <li>
                      <Code>{change.commit.slice(0, 8)}</Code> {change.subject}
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </>
        )}
      </Show>
      <Show when={trouble()}>
        {(error) => (
          <Notice tone="warn" title={sentence(error().message)}>
            <Show when={error().hint}>{(hint) => <p>{sentence(hint())}</p>}</Show>
          </Notice>
        )}
      </Show>
    </Stack>
  )
}

function newsOf({ behind, branch }: VersionView): string {
  if (behind === null) return 'not compared with its branch yet'
  return behind === 0 ? `the newest of ${branch}` : `behind by ${count(behind, 'change')}`
}
