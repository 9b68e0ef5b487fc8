import { Match, Show, Switch } from 'solid-js'
import { COMPARE_KEYS } from '../../core/hosts/compare-keys.ts'
import type { HostView } from '../../core/views.ts'
import { call } from '../client.ts'
import { act } from '../kit/Act.tsx'
import { Button } from '../kit/Button.tsx'
import { createFetched } from '../kit/fetched.ts'
import { sentence } from '../kit/format.ts'
import { Notice } from '../kit/Notice.tsx'
import { Code, CodeBlock } from '../kit/Text.tsx'
import { Facts } from '../kit/Tile.tsx'

/** What keeps a host from being used, in plain words, and the way out; nothing where all is well. */
export const HostTrouble = (props: { host: HostView }) => (
  <Switch>
    <Match when={props.host.state === 'key_unknown'}>
      <Notice
        tone="warn"
        title={`${props.host.id} is not trusted yet.`}
        actions={<TrustButton host={props.host} label="Trust its key…" keep="Not now" />}
      >
        <p>
          It answers at {props.host.address} and identifies itself by the key below. Nothing is sent
          to it until you say that this is your machine.
        </p>
        <Keys host={props.host} />
      </Notice>
    </Match>
    <Match when={props.host.state === 'key_changed'}>
      <Notice
        tone="bad"
        title={`${props.host.id} does not identify itself as before.`}
        actions={<TrustButton host={props.host} label="Trust the new key…" keep="Keep refusing" />}
      >
        <p>
          The key of the machine at {props.host.address} has changed, so nothing is sent to it.
          Harmless if you reinstalled it or swapped it; otherwise another machine may be answering
          in its place. Models already running keep running; you cannot change anything on{' '}
          {props.host.id} until this is settled.
        </p>
        <Keys host={props.host} />
      </Notice>
    </Match>
    <Match when={props.host.state === 'denied'}>
      <Denied host={props.host} />
    </Match>
    <Match when={props.host.state === 'unreachable'}>
      <Notice tone="bad" title={`${props.host.id} cannot be reached.`}>
        <p>{sentence(props.host.error?.message ?? `nothing answers at ${props.host.address}`)}</p>
        <Show when={props.host.error?.hint}>
          <p>{sentence(props.host.error?.hint ?? '')}</p>
        </Show>
      </Notice>
    </Match>
  </Switch>
)

const TrustButton = (props: { host: HostView; label: string; keep: string }) => (
  <Button
    onClick={() =>
      act({
        route: `POST /api/hosts/${encodeURIComponent(props.host.id)}/trust`,
        body: { fingerprint: props.host.host_key?.offered ?? '' },
        keep: props.keep,
        done: `${props.host.id} is trusted from now on.`,
      })
    }
  >
    {props.label}
  </Button>
)

const Keys = (props: { host: HostView }) => (
  <>
    <Facts
      facts={[
        ...(props.host.host_key?.known
          ? ([['Known', <Code>{props.host.host_key.known}</Code>]] as [string, never][])
          : []),
        ['Now', <Code>{props.host.host_key?.offered ?? 'not known'}</Code>],
      ]}
    />
    <p>To compare, run this on {props.host.id} itself:</p>
    <CodeBlock label="Command to compare the keys" text={COMPARE_KEYS} canCopy />
  </>
)

function Denied(props: { host: HostView }) {
  const key = createFetched(
    () => call<{ line: string }>(`GET /api/hosts/${encodeURIComponent(props.host.id)}/ssh-key`),
    { of: () => props.host.id },
  )
  return (
    <Notice tone="bad" title={`${props.host.id} does not let Spark Control in.`}>
      <p>{sentence(props.host.error?.message ?? 'it refuses the key')}</p>
      <Show
        when={/authorized_keys/.test(props.host.error?.hint ?? 'authorized_keys')}
        // let in, it is a shell that lacks; its key is there already
        fallback={<p>{sentence(props.host.error?.hint ?? '')}</p>}
      >
        <p>Run this once on {props.host.id}, as the user that the topology names:</p>
        <Show when={key.value()}>
          {(value) => (
            <CodeBlock label="Command that lets Spark Control in" text={value().line} canCopy />
          )}
        </Show>
      </Show>
    </Notice>
  )
}
