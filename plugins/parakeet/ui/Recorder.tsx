import { Show } from 'solid-js'
import { Button, formatClock, icons, Muted, Notice, Row, Stack } from '#ui'
import { createRecorder, whyNoMicrophone } from './create-recorder.ts'

/** A button to record with, or why there is no use in one. */
export function Recorder(props: { isOff: boolean; onRecorded(file: File): void }) {
  const recorder = createRecorder((file) => props.onRecorded(file))
  return (
    <Stack gap="small">
      <Show
        when={recorder.seconds() !== undefined}
        fallback={
          <Row>
            <Button
              disabled={props.isOff || whyNoMicrophone() !== undefined}
              icon="M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3"
              onClick={() => void recorder.start()}
            >
              Record
            </Button>
            <Show when={whyNoMicrophone()}>{(why) => <Muted>{why()}</Muted>}</Show>
          </Row>
        }
      >
        <Row>
          <Button look="primary" icon={icons.stop} onClick={recorder.stop}>
            Stop and transcribe
          </Button>
          <span role="timer">Recording: {formatClock(recorder.seconds() ?? 0)}</span>
        </Row>
      </Show>
      <Show when={!whyNoMicrophone() && recorder.problem()}>
        {(problem) => (
          <Notice tone="warn" isUrgent title="It does not record.">
            <p>{problem()}</p>
          </Notice>
        )}
      </Show>
    </Stack>
  )
}
