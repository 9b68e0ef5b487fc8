import { createSignal, Match, Show, Switch } from 'solid-js'
import {
  Button,
  call,
  createFetched,
  Empty,
  ErrorNotice,
  formatClock,
  icons,
  LinkButton,
  live,
  Muted,
  Page,
  Row,
  Section,
  SelectField,
  Skeleton,
  Sound,
  Stack,
  saveFile,
  TextField,
  Waveform,
} from '#ui'
import { createSpeech, type Speech } from './create-speech.ts'
import { VoicePicker } from './VoicePicker.tsx'
import { mixOf, type Share, titleOf, type Voice } from './voices.ts'

const SPEEDS = ['0.5', '0.75', '1', '1.25', '1.5', '2']

/** Type something, hear it. */
export default function SpeakPage() {
  const [text, setText] = createSignal('')
  const [speed, setSpeed] = createSignal('1')
  const [chosen, setChosen] = createSignal<Share[]>([])
  const { speech, speak, stop, isBusy } = createSpeech()
  const voices = createFetched(() => call<{ voices: Voice[] }>('GET /v1/audio/voices'))
  const list = () => voices.value()?.voices ?? []
  const shares = () => (chosen().length > 0 ? chosen() : usual(list()))
  const mix = () => mixOf(shares())
  const services = () => live.services.filter(({ kind }) => kind === 'kokoro')
  const isReady = () => text().trim() !== '' && mix() !== undefined
  const start = () => {
    const voice = mix()
    if (isBusy() || !isReady() || voice === undefined) return
    void speak({ input: text().trim(), voice, speed: Number(speed()) })
  }
  const names = () =>
    shares().map(({ voice }) =>
      titleOf(list().find(({ id }) => id === voice) ?? { id: voice, name: voice }),
    )
  return (
    <Page
      title="Speak"
      lead={
        <Show when={names().length > 0} fallback="Type something, and hear it.">
          {`With the voice of ${names().join(' and ')}`}
        </Show>
      }
    >
      <Show when={services().length > 0} fallback={<NoService />}>
        <Stack gap="large">
          <form
            onSubmit={(event) => {
              event.preventDefault()
              start()
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start()
            }}
          >
            <Stack>
              <TextField
                label="What to say"
                rows={5}
                value={text()}
                placeholder="Good morning. The coffee is ready."
                hint="Ctrl and Enter speak it. The text stays on your own machines."
                onInput={setText}
              />
              <Row>
                <SelectField
                  label="Speed"
                  value={speed()}
                  options={SPEEDS.map((value) => ({
                    value,
                    label: value === '1' ? 'As usual' : `${value} ×`,
                  }))}
                  onChange={setSpeed}
                />
                <Show
                  when={isBusy()}
                  fallback={
                    <Button look="primary" type="submit" icon={icons.play} disabled={!isReady()}>
                      Speak
                    </Button>
                  }
                >
                  <Button icon={icons.stop} onClick={stop}>
                    Stop
                  </Button>
                </Show>
              </Row>
            </Stack>
          </form>
          <Heard speech={speech()} />
          <Section title="Voice">
            <Switch fallback={<Skeleton lines={4} />}>
              <Match when={list().length > 0}>
                <VoicePicker voices={list()} shares={shares()} onChange={setChosen} />
              </Match>
              <Match when={voices.error()}>
                <ErrorNotice
                  error={voices.error()}
                  title="The voices could not be read."
                  actions={<Button onClick={() => void voices.refetch()}>Try again</Button>}
                />
              </Match>
              <Match when={voices.value()}>
                <Empty title="The server has no voices." />
              </Match>
            </Switch>
          </Section>
        </Stack>
      </Show>
    </Page>
  )
}

const NoService = () => (
  <Empty
    title="There is no text to speech yet."
    action={<LinkButton href="/topology">Show topology.yaml</LinkButton>}
  >
    Add a service of kind kokoro to topology.yaml, and type here what it shall say.
  </Empty>
)

/** What was said: its picture while it comes, then something to play and to save. */
const Heard = (props: { speech: Speech }) => (
  <Stack gap="small">
    <div role="status">
      <Muted>{statusOf(props.speech)}</Muted>
    </div>
    <Switch>
      <Match when={props.speech.type === 'coming' && props.speech}>
        {(coming) => (
          <Stack gap="small">
            <Waveform
              label="The speech so far"
              peaks={coming().peaks}
              seconds={coming().seconds}
              at={0}
            />
            <Muted>{formatClock(coming().seconds)} so far</Muted>
          </Stack>
        )}
      </Match>
      <Match when={props.speech.type === 'there' && props.speech}>
        {(there) => (
          <Sound
            label="The speech"
            src={there().url}
            peaks={there().peaks}
            seconds={there().seconds}
            actions={
              <Button icon={icons.down} onClick={() => saveFile('speech.wav', there().file)}>
                Save
              </Button>
            }
          />
        )}
      </Match>
      <Match when={props.speech.type === 'failed' && props.speech}>
        {(failed) => <ErrorNotice error={failed().error} title="This could not be spoken." />}
      </Match>
    </Switch>
  </Stack>
)

/** What a screen reader says of it: once a change, not once a second. */
function statusOf(speech: Speech): string {
  switch (speech.type) {
    case 'waiting':
      return 'Waiting for the first words…'
    case 'coming':
      return 'Speaking…'
    case 'there':
      return speech.isWhole ? 'Said.' : 'This is not all of it: it was stopped before its end.'
    default:
      return ''
  }
}

/** The voice the server speaks with when nobody names one, else its first. */
function usual(voices: readonly Voice[]): Share[] {
  const voice = voices.find(({ id }) => id === 'af_heart') ?? voices[0]
  return voice ? [{ voice: voice.id, weight: '1' }] : []
}
