import { createSignal, Match, Show, Switch } from 'solid-js'
import {
  Bar,
  Button,
  Empty,
  ErrorNotice,
  FileDrop,
  formatBytes,
  icons,
  LinkButton,
  live,
  Muted,
  Page,
  place,
  Row,
  SelectField,
  Stack,
  Switch as Toggle,
} from '#ui'
import { createTranscript } from './create-transcript.ts'
import { Recorder } from './Recorder.tsx'
import { TranscriptView } from './TranscriptView.tsx'

/** Record something, or drop a file, and read it. */
export default function TranscribePage() {
  const [chosen, setChosen] = createSignal(place().query.get('service') ?? '')
  const [hasSpeakers, setHasSpeakers] = createSignal(true)
  const { recording, listening, send, stop, isBusy } = createTranscript()
  const services = () => live.services.filter(({ kind }) => kind === 'parakeet')
  const service = () => services().find(({ id }) => id === chosen()) ?? services()[0]
  const take = (file: File) =>
    void send({
      ...{ file, name: file.name, hasSpeakers: hasSpeakers() },
      model: services().length > 1 ? service()?.models[0] : undefined,
    })
  return (
    <Page
      title="Transcribe"
      lead="Record something or drop a file, and read who said what."
      actions={
        <Show when={services().length > 1}>
          <SelectField
            label="Listen with"
            isBare
            value={service()?.id ?? ''}
            options={services().map(({ id }) => ({ value: id, label: id }))}
            onChange={setChosen}
          />
        </Show>
      }
    >
      <Show when={service()} fallback={<NoService />}>
        <Stack gap="large">
          <Stack>
            <FileDrop
              label="Drop a recording here"
              choose="Choose a file"
              isSingle
              accept="audio/*,video/*"
              hint={
                <Muted>
                  Audio or video, {formatBytes(2 * 1024 ** 3)} at most. It stays on your own
                  machines.
                </Muted>
              }
              onFiles={([file]) => file && take(file)}
            />
            <Recorder isOff={isBusy()} onRecorded={take} />
            <Toggle
              label="Tell speakers apart"
              hint="Needs a service that can; takes longer."
              isOn={hasSpeakers()}
              onChange={setHasSpeakers}
            />
          </Stack>
          <Switch>
            <Match when={isBusy() && listening()}>
              {(now) => <Under progress={now()} name={recording()?.name ?? ''} onStop={stop} />}
            </Match>
            <Match when={failureOf(listening())}>
              {(error) => (
                <ErrorNotice
                  error={error()}
                  title={`${recording()?.name} could not be transcribed.`}
                />
              )}
            </Match>
            <Match when={thereOf(listening())} keyed>
              {({ said, note }) => (
                <Show when={recording()}>
                  {(heard) => <TranscriptView recording={heard()} said={said} note={note} />}
                </Show>
              )}
            </Match>
          </Switch>
        </Stack>
      </Show>
    </Page>
  )
}

type State = ReturnType<ReturnType<typeof createTranscript>['listening']>

const failureOf = (state: State) => (state.type === 'failed' ? state.error : undefined)
const thereOf = (state: State) => (state.type === 'there' ? state : undefined)

const NoService = () => (
  <Empty
    title="There is no speech to text yet."
    action={<LinkButton href="/topology">Show topology.yaml</LinkButton>}
  >
    Add a service of kind parakeet to topology.yaml, and drop a recording here.
  </Empty>
)

/** How far it is, and a way to end it. */
function Under(props: { progress: State; name: string; onStop(): void }) {
  const percent = () => (props.progress.type === 'sending' ? props.progress.percent : null)
  const words = () => (props.progress.type === 'sending' ? 'Sending' : 'Listening to')
  return (
    <Stack gap="small">
      <div role="status">
        <p>
          {words()} {props.name}…
        </p>
      </div>
      <Bar label={`${words()} ${props.name}`} percent={percent()} />
      <Row>
        <Button icon={icons.stop} onClick={() => props.onStop()}>
          Cancel
        </Button>
      </Row>
    </Stack>
  )
}
