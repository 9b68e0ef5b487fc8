import { createSignal, For, Show } from 'solid-js'
import {
  Badge,
  Button,
  CopyButton,
  Empty,
  Muted,
  Notice,
  Row,
  Section,
  Sound,
  type SoundControls,
  SpokenList,
  SpokenTurn,
  Stack,
  saveFile,
} from '#ui'
import type { Recording } from './create-transcript.ts'
import { writeSrt, writeText, writeVtt } from './subtitles.ts'
import type { Said } from './transcript.ts'

/** What was said, by whom and when; a word plays itself. */
export function TranscriptView(props: {
  recording: Recording
  said: Said
  note: string | undefined
}) {
  const [at, setAt] = createSignal(-1)
  let sound: SoundControls | undefined
  const save = (ending: string, type: string, text: string) =>
    saveFile(`${props.recording.name.replace(/\.\w+$/, '')}.${ending}`, new Blob([text], { type }))
  return (
    <Stack>
      <Sound
        label={`The recording ${props.recording.name}`}
        src={props.recording.url}
        peaks={props.recording.peaks}
        seconds={props.said.seconds || undefined}
        onMoment={setAt}
        controls={(controls) => {
          sound = controls
        }}
      />
      <Section
        title="What was said"
        aside={
          <Row gap="small">
            <CopyButton label="Copy what was said" text={writeText(props.said)} />
            <Button
              size="small"
              onClick={() => save('srt', 'application/x-subrip', writeSrt(props.said))}
            >
              Save SRT
            </Button>
            <Button size="small" onClick={() => save('vtt', 'text/vtt', writeVtt(props.said))}>
              Save VTT
            </Button>
            <Button
              size="small"
              onClick={() =>
                save('json', 'application/json', JSON.stringify(props.said.answer, null, 2))
              }
            >
              Save JSON
            </Button>
          </Row>
        }
      >
        <Stack>
          <Show when={props.note}>{(note) => <Muted>{note()}</Muted>}</Show>
          <For each={props.said.warnings}>
            {(warning) => <Notice tone="warn" title={warning} isSlim />}
          </For>
          <Show
            when={props.said.turns.length > 0}
            fallback={<Empty title="Nothing was heard in it.">No word was recognised.</Empty>}
          >
            <SpokenList label="Turns">
              <For each={props.said.turns}>
                {(turn) => (
                  <SpokenTurn
                    speaker={turn.speaker}
                    tone={turn.tone}
                    start={turn.start}
                    words={turn.words}
                    at={at()}
                    note={
                      turn.isOverlapping ? <Badge tone="busy">others speak too</Badge> : undefined
                    }
                    onWord={({ start }) => sound?.playFrom(start)}
                  />
                )}
              </For>
            </SpokenList>
          </Show>
        </Stack>
      </Section>
    </Stack>
  )
}
