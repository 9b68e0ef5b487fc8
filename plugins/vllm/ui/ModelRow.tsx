import { For, Show } from 'solid-js'
import {
  Age,
  Badge,
  Button,
  Code,
  formatBytes,
  formatSeconds,
  LinkButton,
  ListItem,
  live,
  sentence,
  waitsFor,
} from '#ui'
import type { DownloadView, ModelView } from '../views.ts'
import { download, load, remove, unload } from './acts.ts'
import { DownloadActions, DownloadProgress } from './Downloads.tsx'
import { jobOn, movesEngine } from './model-jobs.ts'
import { STATES, servedBy, titleOf, traitsOf } from './model-words.ts'

/** A model: what it is, where it lies, whether it runs, and what can be done with it. */
export function ModelRow(props: {
  model: ModelView
  models: readonly ModelView[]
  /** The service it would be loaded on. */
  target: string | undefined
  /** Services that may be changed from here. */
  managed: readonly string[]
  /** Its download or copy, while it is on its way. */
  arriving: DownloadView | undefined
  onSetup(): void
}) {
  const name = () => titleOf(props.model)
  const runsOn = () => props.model.running.map(({ service }) => service)
  const isWholeSomewhere = () =>
    props.model.hosts.some(({ state, stale }) => state === 'ready' && !stale)
  const isOnTarget = () => props.target !== undefined && runsOn().includes(props.target)
  return (
    <ListItem
      title={name()}
      isMarked={runsOn().length > 0}
      badge={<StateBadge model={props.model} />}
      subtitle={
        <>
          <Code>{props.model.repo}</Code>
          <Show when={traitsOf(props.model)}>{(traits) => <> · {traits()}</>}</Show>
        </>
      }
      aside={<WhereItLies model={props.model} />}
      actions={
        <>
          <Show when={!['needs_setup', 'unsupported'].includes(props.model.state)}>
            <Button
              look="quiet"
              aria-label={`Settings of ${name()}`}
              onClick={() => props.onSetup()}
            >
              Settings
            </Button>
          </Show>
          <Show when={props.arriving}>
            {(download) => <DownloadActions download={download()} />}
          </Show>
          <Show when={props.model.state === 'partial' && !props.arriving}>
            <Button
              aria-label={isWholeSomewhere() ? `Copy ${name()}` : `Download the rest of ${name()}`}
              disabled={jobOn(props.model.repo) !== undefined}
              onClick={() => download(props.model.repo, hostsOf(props.model))}
            >
              {isWholeSomewhere() ? 'Copy…' : 'Download…'}
            </Button>
          </Show>
          <Show when={runsOn().length === 0 && !props.arriving}>
            <Button
              look="quiet"
              aria-label={`Delete ${name()}`}
              disabled={jobOn(props.model.repo) !== undefined}
              onClick={() => remove(props.model)}
            >
              Delete…
            </Button>
          </Show>
          <Show when={props.model.state === 'ready' && !isOnTarget()}>
            <Button
              aria-label={`Load ${name()}`}
              disabled={isJobRunning(props.target)}
              waits={waitsFor(props.target)}
              onClick={() =>
                load(props.model, props.target, servedBy(props.models, props.target ?? ''))
              }
            >
              Load
            </Button>
          </Show>
          <Show when={props.model.state === 'needs_setup'}>
            <Button aria-label={`Set up ${name()}`} onClick={() => props.onSetup()}>
              Set up…
            </Button>
          </Show>
          <For each={runsOn()}>
            {(service) => (
              <>
                <LinkButton href={`/chat?service=${service}`} label={`Chat with ${name()}`}>
                  Chat
                </LinkButton>
                <Show when={props.managed.includes(service)}>
                  <Button
                    aria-label={`Unload ${name()}`}
                    disabled={isJobRunning(service)}
                    waits={waitsFor(service)}
                    onClick={() => unload(service, props.model)}
                  >
                    Unload
                  </Button>
                </Show>
              </>
            )}
          </For>
        </>
      }
    >
      <Show when={props.arriving}>{(download) => <DownloadProgress download={download()} />}</Show>
      <Show
        when={
          props.model.state !== 'ready' &&
          runsOn().length === 0 &&
          !props.arriving &&
          props.model.reason
        }
      >
        <p class="small">{sentence(props.model.reason ?? '')}</p>
      </Show>
    </ListItem>
  )
}

function StateBadge(props: { model: ModelView }) {
  const state = () => STATES[props.model.state]
  return (
    <Show
      when={props.model.running[0]}
      fallback={
        <Show when={state()}>{(known) => <Badge tone={known().tone}>{known().word}</Badge>}</Show>
      }
    >
      {(running) => <Badge tone="good">Loaded on {running().service}</Badge>}
    </Show>
  )
}

const WhereItLies = (props: { model: ModelView }) => (
  <>
    <For each={props.model.hosts}>
      {(host) => (
        <div>
          {host.host} · {formatBytes(host.size_bytes)}
          <Show when={host.stale}>
            {' '}
            (as of <Age at={host.scanned_at} />)
          </Show>
        </div>
      )}
    </For>
    <Show when={props.model.last_load_seconds}>
      {(seconds) => <div class="muted tiny">loads in {formatSeconds(seconds())}</div>}
    </Show>
  </>
)

/** Where it would run: hosts of its recipe are the default, those it lies on the rest. */
const hostsOf = ({ recipe, hosts }: ModelView): string[] | undefined =>
  recipe ? undefined : hosts.map(({ host }) => host)

const isJobRunning = (service: string | undefined): boolean =>
  live.jobs.some((job) => job.ended_at === null && job.service === service && movesEngine(job))
