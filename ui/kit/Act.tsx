import { createEffect, createSignal, For, type JSX, on, Show } from 'solid-js'
import type { JobView, PlanView } from '../../core/views.ts'
import { asCallError, type CallError, call, newKey } from '../client.ts'
import { live, noteJob } from '../live.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { TextField } from './Field.tsx'
import { count, formatSeconds, sentence } from './format.ts'
import { showJob } from './JobDrawer.tsx'
import { Skeleton } from './Layout.tsx'
import { ErrorNotice, Notice } from './Notice.tsx'
import { Disclosure } from './Text.tsx'
import { toast } from './Toasts.tsx'

export interface Act {
  /** An operate route: `POST /api/swap`. */
  route: string
  body?: Record<string, unknown>
  /** What has to be typed before it can be done; sent as `?confirm=`. */
  confirm?: string
  /** The button that changes nothing. Default: Cancel. */
  keep?: string
  /** Said when it is done at once (no job). */
  done?: string
  /** What else helps to decide, shown below the plan's words. */
  details?(): JSX.Element
  onDone?(reply: unknown): void
}

const [asked, setAsked] = createSignal<Act>()

/** Asks first, with the plan in plain words; then does exactly that plan, and shows its job. */
export const act = (wanted: Act): void => void setAsked(wanted)

/** Where acts are asked about; once in the app. */
export const Acts = () => (
  <Show when={asked()} keyed>
    {(wanted) => <ActDialog act={wanted} onClose={() => setAsked(undefined)} />}
  </Show>
)

function ActDialog(props: { act: Act; onClose(): void }) {
  const [plan, setPlan] = createSignal<PlanView>()
  const [error, setError] = createSignal<CallError>()
  const [isActing, setIsActing] = createSignal(false)
  const [isChanged, setIsChanged] = createSignal(false)
  const [typed, setTyped] = createSignal('')
  const isMeant = () => props.act.confirm === undefined || typed().trim() === props.act.confirm
  let isClosed = false
  const close = () => {
    isClosed = true
    props.onClose()
  }
  const look = async () => {
    setError(undefined)
    try {
      const next = await post<PlanView | null>(props.act, { dry_run: 'true' })
      if (isClosed) return
      if (next) return void setPlan(next)
      toast('Nothing to do: it already is as you want it.')
      close()
    } catch (thrown) {
      setError(asCallError(thrown))
    }
  }
  let key = newKey()
  const confirm = async (agreed: PlanView) => {
    setIsActing(true)
    setError(undefined)
    try {
      const headers = { 'x-plan-digest': agreed.digest, 'idempotency-key': key }
      const { confirm: name } = props.act
      finish(props.act, await post<unknown>(props.act, name ? { confirm: name } : {}, headers))
      close()
    } catch (thrown) {
      const problem = asCallError(thrown)
      // The same key answers the same way, so whatever was answered wants a new one.
      if (problem.status !== 0) key = newKey()
      if (problem.code === 'PLAN_CHANGED') {
        await look()
        setIsChanged(true)
      } else setError(problem)
    }
    setIsActing(false)
  }
  void look()
  createEffect(
    on(
      () => live.leases.map(({ fence }) => fence).join(),
      () => plan()?.waits && void look(),
      { defer: true },
    ),
  )
  return (
    <Dialog
      title={
        plan()?.title ?? (error() ? 'This cannot be done now' : 'Looking at what this would do…')
      }
      onClose={close}
      isHeld={isActing()}
      footer={
        <>
          <Button onClick={close} data-autofocus disabled={isActing()}>
            {plan() ? (props.act.keep ?? 'Cancel') : 'Close'}
          </Button>
          <Show when={!plan()?.waits && plan()}>
            {(agreed) => (
              <Button
                look="primary"
                isBusy={isActing()}
                disabled={!isMeant()}
                onClick={() => confirm(agreed())}
              >
                {agreed().confirm}
              </Button>
            )}
          </Show>
        </>
      }
    >
      <Show when={isChanged()}>
        <Notice tone="warn" isUrgent title="What would happen has changed since you looked.">
          <p>Nothing was done. Please read it again.</p>
        </Notice>
      </Show>
      <Show when={error()}>{(shown) => <ErrorNotice error={shown()} />}</Show>
      <Show when={plan()?.waits}>
        {(waits) => (
          <Notice tone="warn" isUrgent title="This has to wait.">
            <p>{sentence(waits().message)} You can do it as soon as that is over.</p>
          </Notice>
        )}
      </Show>
      <Show
        when={plan()}
        fallback={
          <Show when={!error()}>
            <Skeleton lines={4} />
          </Show>
        }
      >
        {(shown) => (
          <>
            <PlanWords plan={shown()}>{props.act.details?.()}</PlanWords>
            <Show when={props.act.confirm}>
              {(name) => (
                <TextField
                  label={`Type ${name()} to confirm`}
                  value={typed()}
                  onInput={setTyped}
                  isMono
                />
              )}
            </Show>
          </>
        )}
      </Show>
    </Dialog>
  )
}

/** A plan as a person reads it. */
export function PlanWords(props: { plan: PlanView; children?: JSX.Element }) {
  // What the words say already is not said twice.
  const isSaid = (words: RegExp) => words.test(props.plan.consequence)
  const facts = () => [
    ...(props.plan.last_seconds === null || isSaid(/last time/i)
      ? []
      : [`Last time: ${formatSeconds(props.plan.last_seconds)}`]),
    ...(props.plan.running_requests > 0 && !isSaid(/\brequests?\b/i)
      ? [`${count(props.plan.running_requests, 'request')} being answered now`]
      : []),
  ]
  return (
    <div class="plan">
      <Show when={props.plan.stops.length > 0}>
        <ul class="stops" aria-label="What stops">
          <For each={props.plan.stops}>{(stop) => <li>{stop}</li>}</For>
        </ul>
      </Show>
      <For each={props.plan.consequence.split('\n')}>{(line) => <p>{line}</p>}</For>
      <Show when={facts().length > 0}>
        <p class="muted small">{facts().join(' · ')}</p>
      </Show>
      <Show when={props.plan.irreversible}>
        <Notice tone="warn" title="This cannot be undone.">
          <p>{props.plan.irreversible}</p>
        </Notice>
      </Show>
      {props.children}
      <Show when={props.plan.commands.length > 0}>
        <Disclosure
          summary={`The exact ${props.plan.commands.length === 1 ? 'command' : 'commands'}`}
        >
          <Commands plan={props.plan} />
        </Disclosure>
      </Show>
    </div>
  )
}

const Commands = (props: { plan: PlanView }) => (
  <ol class="commands">
    <For each={props.plan.commands}>
      {({ host, command }) => (
        <li>
          <span class="muted small">{host ?? 'here, on the controller'}</span>
          <pre tabindex="0">{command}</pre>
        </li>
      )}
    </For>
  </ol>
)

function post<T>(
  wanted: Act,
  query: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<T> {
  const words = new URLSearchParams(query).toString()
  const joint = wanted.route.includes('?') ? '&' : '?'
  const route = words === '' ? wanted.route : wanted.route + joint + words
  return call<T>(route, { body: wanted.body ?? {}, headers })
}

function finish(wanted: Act, reply: unknown): void {
  const { job, unchanged } = (reply ?? {}) as { job?: JobView | null; unchanged?: boolean }
  if (job) {
    noteJob(job)
    showJob(job.id)
  } else
    toast(unchanged ? 'Nothing to do: it already is as you want it.' : (wanted.done ?? 'Done.'))
  wanted.onDone?.(reply)
}
