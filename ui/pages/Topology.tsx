import { createSignal, For, Show } from 'solid-js'
import type { ControllerView } from '../../core/views.ts'
import { call } from '../client.ts'
import { Button } from '../kit/Button.tsx'
import { TextField } from '../kit/Field.tsx'
import { createFetched } from '../kit/fetched.ts'
import { sentence } from '../kit/format.ts'
import { Page, Section, Skeleton, Stack } from '../kit/Layout.tsx'
import { ErrorNotice, Notice } from '../kit/Notice.tsx'
import { Age, Code, CodeBlock } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'
import { live } from '../live.ts'
import { toYaml } from './to-yaml.ts'

type Diagnostics = ControllerView['topology']['diagnostics']
type Diagnostic = Diagnostics[number]

const STATES = {
  current: 'The file as it stands is in force.',
  last_good: 'The file has mistakes; its last good version is in force.',
  none: 'No version of the file could be used, so no cluster is served.',
} as const

/** The topology: which version is in force, each mistake at its place, and a try of an edit. */
export default function Topology() {
  return (
    <Show when={live.controller?.topology} fallback={<Skeleton lines={6} />}>
      {(topology) => (
        <Page title="Topology" lead={STATES[topology().state]}>
          <div class="card">
            <Facts
              facts={[
                ['File', <Code>{topology().file}</Code>],
                ['Loaded', <Age at={topology().loaded_at} />],
                ['Mistakes', String(topology().diagnostics.length)],
                ['Told of events', <a href="/webhooks">Webhooks</a>],
              ]}
            />
          </div>
          <Show when={topology().diagnostics.length > 0}>
            <Section title="Mistakes in the file">
              <DiagnosticList diagnostics={topology().diagnostics} />
            </Section>
          </Show>
          <InForce loadedAt={topology().loaded_at} />
          <Trial />
        </Page>
      )}
    </Show>
  )
}

/** Each mistake with its line and a caret below the place. */
const DiagnosticList = (props: { diagnostics: Diagnostics }) => (
  <Stack>
    <For each={props.diagnostics}>
      {(mistake) => (
        <Notice tone={mistake.severity === 'error' ? 'bad' : 'warn'} title={mistake.message}>
          <p class="small">
            <Code>{`${mistake.file.split('/').at(-1)}:${mistake.line}:${mistake.column}`}</Code>{' '}
            {mistake.path}
          </p>
          <Show when={mistake.source !== undefined}>
            <CodeBlock
              label={`Line ${mistake.line}`}
              text={`${mistake.source}\n${caretLine(mistake)}`}
            />
          </Show>
          <Show when={mistake.hint}>
            <p>{sentence(mistake.hint ?? '')}</p>
          </Show>
        </Notice>
      )}
    </For>
  </Stack>
)

function InForce(props: { loadedAt: string | null }) {
  const topology = createFetched(() => call<{ topology: unknown }>('GET /api/topology'), {
    of: () => props.loadedAt,
  })
  return (
    <Section title="In force" aside={props.loadedAt ? 'Secrets are masked.' : undefined}>
      <Show when={topology.error()}>
        <ErrorNotice error={topology.error()} />
      </Show>
      <Show when={topology.value()} fallback={<Skeleton lines={8} />}>
        {(value) => <CodeBlock label="Topology in force" text={toYaml(value().topology)} canCopy />}
      </Show>
    </Section>
  )
}

function Trial() {
  const [text, setText] = createSignal('')
  const [found, setFound] = createSignal<Diagnostics>()
  const [error, setError] = createSignal<unknown>()
  const check = async () => {
    setError(undefined)
    try {
      const route = 'POST /api/topology/validate'
      const reply = await call<{ diagnostics: Diagnostics }>(route, { body: { text: text() } })
      setFound(reply.diagnostics)
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Section title="Try an edit">
      <Stack>
        <TextField
          label="Text of a topology.yaml"
          hint="It is checked, not applied."
          rows={8}
          isMono
          value={text()}
          onInput={(value) => {
            setText(value)
            setFound(undefined)
          }}
        />
        <div class="row">
          <Button onClick={check} disabled={text().trim() === ''}>
            Check it
          </Button>
        </div>
        <Show when={error()}>
          <ErrorNotice error={error()} />
        </Show>
        <Show when={found()}>
          {(diagnostics) => (
            <Show
              when={diagnostics().length > 0}
              fallback={<Notice tone="good" isUrgent title="No mistakes." />}
            >
              <DiagnosticList diagnostics={diagnostics()} />
            </Show>
          )}
        </Show>
      </Stack>
    </Section>
  )
}

const caretLine = ({ source = '', column }: Diagnostic): string =>
  // Tabs stay tabs, so that the caret stands below its place whatever their width.
  `${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`
