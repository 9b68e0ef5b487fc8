import { createSignal, For, Show } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { MachineRef, MachineView } from '../../core/discover/look-at-machine.ts'
import { authorizeLine } from '../../core/hosts/authorize-line.ts'
import { call } from '../client.ts'
import { Button } from '../kit/Button.tsx'
import { TextField } from '../kit/Field.tsx'
import { Grid, Page, Section, Stack } from '../kit/Layout.tsx'
import { ErrorNotice, Notice } from '../kit/Notice.tsx'
import { CodeBlock } from '../kit/Text.tsx'
import { live } from '../live.ts'
import { FoundMachine } from './FoundMachine.tsx'
import { NewTopology } from './NewTopology.tsx'

/** From an address to a topology: let it in, look, see what runs there, write it down. */
export default function AddMachines() {
  const [machines, setMachines] = createStore<MachineView[]>([])
  const [error, setError] = createSignal<unknown>()
  const [busy, setBusy] = createSignal<string>()
  const look = async (ref: MachineRef, trust?: string): Promise<void> => {
    setBusy(ref.address)
    setError(undefined)
    try {
      const body = { ...ref, ...(trust !== undefined && { trust }) }
      const found = await call<MachineView>('POST /api/discover', { body })
      const at = machines.findIndex((one) => isSame(one, ref))
      setMachines(at < 0 ? machines.length : at, found)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(undefined)
    }
  }
  const forget = (machine: MachineView) =>
    setMachines((all) => all.filter((one) => !isSame(one, machine)))
  return (
    <Page
      title="Add machines"
      lead="Spark Control reaches machines by SSH. Looking at them changes nothing there."
    >
      <Section title="1. Let Spark Control in">
        <div class="card">
          <p>
            Run this once on each machine, as the user Spark Control shall come as. It adds Spark
            Control’s public key to those that may log in.
          </p>
          <Show when={live.controller}>
            {(controller) => (
              <CodeBlock
                label="Command that lets Spark Control in"
                text={authorizeLine(controller().ssh_public_key)}
                canCopy
              />
            )}
          </Show>
        </div>
      </Section>
      <Section title="2. Look at the machines">
        <Stack>
          <LookForm busy={busy() !== undefined} onLook={look} />
          <Show when={error()}>
            <ErrorNotice error={error()} />
          </Show>
          <div aria-live="polite">
            <Show when={busy()}>
              <Notice tone="info" isSlim title={`Looking at ${busy()}…`} />
            </Show>
          </div>
          <For each={machines}>
            {(machine) => (
              <FoundMachine
                machine={machine}
                isBusy={busy() !== undefined}
                onLook={(trust) => look(refOf(machine), trust)}
                onForget={() => forget(machine)}
              />
            )}
          </For>
        </Stack>
      </Section>
      <Show when={machines.some(({ host }) => host.state === 'ok')}>
        <Section title="3. Write them down">
          <NewTopology machines={machines.filter(({ host }) => host.state === 'ok')} />
        </Section>
      </Show>
    </Page>
  )
}

function LookForm(props: { busy: boolean; onLook(ref: MachineRef): Promise<void> }) {
  const [address, setAddress] = createSignal('')
  const [user, setUser] = createSignal('')
  const [port, setPort] = createSignal('22')
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    void props.onLook({ address: address().trim(), user: user().trim(), port: Number(port()) })
  }
  const isReady = () => address().trim() !== '' && user().trim() !== '' && /^\d+$/.test(port())
  return (
    <form class="card" onSubmit={send}>
      <Grid of="fields">
        <TextField
          label="Address"
          hint="Its IP address on your network"
          placeholder="192.168.1.101"
          value={address()}
          onInput={setAddress}
        />
        <TextField
          label="User"
          hint="Who logs in there; it must be able to use docker"
          value={user()}
          onInput={setUser}
        />
        <TextField
          label="SSH port"
          inputMode="numeric"
          value={port()}
          onInput={setPort}
          {...(/^\d+$/.test(port()) ? {} : { error: 'A number, usually 22.' })}
        />
      </Grid>
      <div class="row">
        <Button type="submit" look="primary" disabled={!isReady() || props.busy}>
          Look at it
        </Button>
      </div>
    </form>
  )
}

const isSame = (one: MachineRef, other: MachineRef): boolean =>
  one.address === other.address && one.user === other.user && one.port === other.port

const refOf = ({ address, user, port }: MachineRef): MachineRef => ({ address, user, port })
