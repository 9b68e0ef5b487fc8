import { createSignal, For, Show } from 'solid-js'
import { call } from '../client.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Switch } from '../kit/Field.tsx'
import { createFetched } from '../kit/fetched.ts'
import { Muted, Skeleton, Stack } from '../kit/Layout.tsx'
import { ErrorNotice } from '../kit/Notice.tsx'
import { toastError } from '../kit/Toasts.tsx'

interface Fault {
  id: string
  label: string
  explanation: string
  active: boolean
}

const ALL_OFF = 'DELETE /api/sandbox/faults'

/** Faults of the simulated cluster, to be switched on: what does the dashboard say then? */
export default function Faults(props: { onClose(): void }) {
  const faults = createFetched(() => call<{ faults: Fault[] }>('GET /api/sandbox/faults'))
  const [isBusy, setIsBusy] = createSignal(false)
  const active = () => (faults.value()?.faults ?? []).filter((fault) => fault.active)
  const change = async (...routes: string[]) => {
    setIsBusy(true)
    try {
      for (const route of routes) await call(route)
    } catch (thrown) {
      toastError(thrown)
    }
    await faults.refetch()
    setIsBusy(false)
  }
  const put = ({ id }: Fault) => `PUT /api/sandbox/faults/${id}`
  const set = (fault: Fault, isOn: boolean) =>
    isOn
      ? change(put(fault))
      : // They are only switched off together.
        change(
          ALL_OFF,
          ...active()
            .filter(({ id }) => id !== fault.id)
            .map(put),
        )
  return (
    <Dialog
      title="Try a fault"
      onClose={() => props.onClose()}
      footer={
        <>
          <Button onClick={() => change(ALL_OFF)}>Switch all off</Button>
          <Button look="primary" data-autofocus onClick={() => props.onClose()}>
            Close
          </Button>
        </>
      }
    >
      <Muted>
        Switch one on, then load a model or chat, and see what you would be told on real machines.
      </Muted>
      <Show when={faults.error()}>
        <ErrorNotice error={faults.error()} />
      </Show>
      <Show when={faults.value()} fallback={<Skeleton lines={6} />}>
        {(value) => (
          <Stack>
            <For each={value().faults}>
              {(fault) => (
                <Switch
                  label={fault.label}
                  hint={fault.explanation}
                  isOn={fault.active}
                  isBusy={isBusy()}
                  onChange={(isOn) => set(fault, isOn)}
                />
              )}
            </For>
          </Stack>
        )}
      </Show>
    </Dialog>
  )
}
