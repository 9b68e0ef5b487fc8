import { Show } from 'solid-js'
import { Button } from './Button.tsx'
import { Notice } from './Notice.tsx'

/** Says why a log that was followed has ended, and opens it again; nothing while it is followed. */
export const LogBroken = (props: { why: string | undefined; onReopen(): void }) => (
  <Show when={props.why}>
    {(why) => (
      <Notice
        tone="info"
        title={why()}
        actions={
          <Button size="small" onClick={() => props.onReopen()}>
            Read again
          </Button>
        }
      />
    )}
  </Show>
)
