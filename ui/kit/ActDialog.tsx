import { createEffect, createSignal, on, Show } from 'solid-js'
import type { JobView, PlanView } from '../../core/views.ts'
import { asCallError, type CallError, call, newKey } from '../client.ts'
import { live, noteJob } from '../live.ts'
import type { Act } from './Act.tsx'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { TextField } from './Field.tsx'
import { sentence } from './format.ts'
import { showJob } from './JobDrawer.tsx'
import { Skeleton } from './Layout.tsx'
import { ErrorNotice, Notice } from './Notice.tsx'
import { PlanWords } from './PlanWords.tsx'
import { toast } from './Toasts.tsx'

/** Shows what an act would do, and does exactly that. */
export default function ActDialog(props: { act: Act; onClose(): void }) {
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
