import { Show } from 'solid-js'
import type { AccessView } from '../../core/routes/access.ts'
import { call } from '../client.ts'
import { Button } from '../kit/Button.tsx'
import { createFetched } from '../kit/fetched.ts'
import { Muted, Page, Row, Section, Skeleton } from '../kit/Layout.tsx'
import { Age, Code, CodeBlock } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'
import { toastError } from '../kit/Toasts.tsx'
import { live } from '../live.ts'

/** The controller itself: version, its SSH key, where programs find it. */
export default function About() {
  return (
    <Show when={live.controller} fallback={<Skeleton lines={6} />}>
      {(controller) => (
        <Page
          title="About"
          lead="Spark Control reaches your machines by SSH and HTTP, and installs nothing on them."
        >
          <div class="card">
            <Facts
              facts={[
                ['Version', controller().version],
                ['Cluster', controller().cluster],
                ['Started', <Age at={controller().started_at} />],
                ['Machines', controller().is_simulated ? 'simulated on this computer' : 'real'],
              ]}
            />
          </div>
          <SignedIn />
          <Section title="SSH key">
            <Muted>
              The public half of the controller's key. It belongs in{' '}
              <Code>~/.ssh/authorized_keys</Code> of the user that the topology names, on every
              host.
            </Muted>
            <CodeBlock label="Public SSH key" text={controller().ssh_public_key} canCopy />
            <Show when={live.hosts.find(({ state }) => state !== 'none')}>
              {(host) => <InstallLine host={host().id} />}
            </Show>
          </Section>
          <Section title="For programs">
            <Facts
              facts={[
                ['OpenAI clients', <Code>{`${location.origin}/v1`}</Code>],
                ['REST API', <a href="/api/openapi.json">/api/openapi.json</a>],
                ['Events', <Code>/api/events</Code>],
                ['Metrics', <a href="/metrics">/metrics</a>],
              ]}
            />
          </Section>
        </Page>
      )}
    </Show>
  )
}

function InstallLine(props: { host: string }) {
  const key = createFetched(
    () => call<{ line: string }>(`GET /api/hosts/${encodeURIComponent(props.host)}/ssh-key`),
    { of: () => props.host },
  )
  return (
    <Show when={key.value()}>
      {(value) => (
        <>
          <Muted>Run as that user, this line puts it there:</Muted>
          <CodeBlock label="Command that lets Spark Control in" text={value().line} canCopy />
        </>
      )}
    </Show>
  )
}

/** Whose token this browser is signed in with, where the topology has tokens. */
function SignedIn() {
  const access = createFetched(() => call<AccessView>('GET /api/access'))
  const signOut = async () => {
    try {
      await call('DELETE /api/access/session')
      location.reload()
    } catch (thrown) {
      toastError(thrown)
    }
  }
  return (
    <Show when={access.value()?.is_required}>
      <Section title="Signed in">
        <Row align="apart">
          <span>
            As {access.value()?.name}, who may {access.value()?.scope}.
          </span>
          <Button onClick={signOut}>Sign out</Button>
        </Row>
      </Section>
    </Show>
  )
}
