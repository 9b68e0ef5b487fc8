import { createSignal, onCleanup, Show } from 'solid-js'
import {
  asCallError,
  Button,
  type CallError,
  ErrorNotice,
  Facts,
  Grid,
  Marked,
  Muted,
  Page,
  Section,
  SelectField,
  Stack,
  TextField,
} from '#ui'
import { type Tried, tryText } from './try-text.ts'
import { countBy, LAYER_NAMES, marksOf, nameOf } from './words.ts'

const MODES = [
  { value: 'strict', label: 'Strict: mask what nobody knows, too' },
  { value: 'balanced', label: 'Balanced: mask what is recognised' },
]

/** Paste a text and see what would go out, and what comes back. */
export default function RedactionPage() {
  const [text, setText] = createSignal('')
  const [mode, setMode] = createSignal('strict')
  const [tried, setTried] = createSignal<Tried>()
  const [error, setError] = createSignal<CallError>()
  const [asking, setAsking] = createSignal<AbortController>()
  onCleanup(() => asking()?.abort())
  const run = async () => {
    if (asking() || text().trim() === '') return
    const turn = new AbortController()
    setAsking(turn)
    setError(undefined)
    try {
      setTried(await tryText(text(), mode(), turn.signal))
    } catch (thrown) {
      setTried(undefined)
      if (!turn.signal.aborted) setError(asCallError(thrown))
    } finally {
      setAsking(undefined)
    }
  }
  return (
    <Page
      title="Redact"
      lead="Paste a text to see what would be masked before it leaves your network. It stays there, and nothing of it is kept."
    >
      <Stack gap="large">
        <Stack>
          <TextField label="Text" rows={8} value={text()} onInput={setText} />
          <SelectField label="How careful" value={mode()} options={MODES} onChange={setMode} />
          <div>
            <Button
              look="primary"
              isBusy={asking() !== undefined}
              disabled={text().trim() === ''}
              onClick={run}
            >
              Show what is masked
            </Button>
          </div>
        </Stack>
        <Show when={error()}>{(failed) => <ErrorNotice error={failed()} />}</Show>
        <Show when={tried()}>{(done) => <Outcome tried={done()} />}</Show>
      </Stack>
    </Page>
  )
}

const Outcome = (props: { tried: Tried }) => (
  <>
    <Section title="What was found" aside={foundIn(props.tried.spans.length)}>
      <Show when={props.tried.isWithoutModel}>
        <Muted>The local model did not answer, so this was found without it.</Muted>
      </Show>
      <Marked label="Your text" text={props.tried.given} marks={marksOf(props.tried.spans)} />
      <Grid of="halves">
        <Facts facts={countBy(props.tried.spans, 'type', nameOf)} />
        <Facts facts={countBy(props.tried.spans, 'layer', (name) => LAYER_NAMES[name] ?? name)} />
      </Grid>
    </Section>
    <Grid of="halves">
      <Section title="What goes out">
        <Marked label="The text that goes out" text={props.tried.scrubbed} marks={[]} />
        <Muted>Placeholders stand for what was found.</Muted>
      </Section>
      <Section title="What comes back">
        <Marked label="The restored text" text={props.tried.restored} marks={[]} />
        <Muted>
          {props.tried.restored === props.tried.given
            ? 'Exactly your text.'
            : `Your text, but for ${places(props.tried.unresolved)} with secrets, which stay masked.`}
        </Muted>
      </Section>
    </Grid>
  </>
)

const places = (count: number): string => (count === 1 ? '1 place' : `${count} places`)
const foundIn = (count: number): string => (count === 0 ? 'nothing to mask' : places(count))
