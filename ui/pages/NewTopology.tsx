import { Show } from 'solid-js'
import type { MachineView } from '../../core/discover/look-at-machine.ts'
import { call } from '../client.ts'
import { act } from '../kit/Act.tsx'
import { Button } from '../kit/Button.tsx'
import { createFetched } from '../kit/fetched.ts'
import { ErrorNotice } from '../kit/Notice.tsx'
import { CodeBlock } from '../kit/Text.tsx'
import { live } from '../live.ts'

/** The topology for what was found: to copy, or to keep where there is none yet. */
export function NewTopology(props: { machines: readonly MachineView[] }) {
  const written = createFetched(() =>
    call<{ text: string }>('POST /api/discover/topology', { body: { machines: props.machines } }),
  )
  return (
    <div class="card">
      <Show when={written.error()}>
        <ErrorNotice error={written.error()} />
      </Show>
      <Show when={written.value()}>
        {(value) => (
          <>
            <p>
              This is what a topology for these machines looks like. Names and comments are yours to
              change.
            </p>
            <CodeBlock label="Topology" text={value().text} canCopy />
            <div class="row">
              <Button onClick={() => void written.refetch()}>Write it anew</Button>
              <Show when={live.controller?.is_simulated}>
                <Button
                  look="primary"
                  onClick={() =>
                    act({
                      route: 'POST /api/discover/save',
                      body: { text: value().text },
                      done: 'Saved. Start Spark Control again to work with your own machines.',
                    })
                  }
                >
                  Save it…
                </Button>
              </Show>
            </div>
          </>
        )}
      </Show>
    </div>
  )
}
