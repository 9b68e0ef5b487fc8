import { display, type Plan } from '#core'
import type { Lora } from '../disk/adapter.ts'
import type { NodeMemory } from '../fit/fit-places.ts'
import type { ModelSizes } from '../fit/fit-wanted.ts'
import { judgeLaunch } from '../fit/judge-launch.ts'
import type { Launch } from '../launch/launch.ts'
import type { LaunchSettings } from '../launch/launch-settings.ts'
import { engineOf, launcherOf } from '../launch/launcher.ts'
import { planLaunch } from '../launch/plan-launch.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { countRequests, duration, list, roughly } from '../words.ts'

/** One machine of the service, as a look found it. */
export interface PlanNode extends NodeMemory {
  /** How the launcher reaches it from the head. */
  address: string
  runtime: 'docker' | 'podman'
  hfHome: string | null
  /** Whether a container of the service's name, or its process, is there, and whether it runs. */
  container: 'absent' | 'running' | 'stopped'
  /** What the loaded model took of it when it was loaded; null if that was never measured. */
  footprintBytes: number | null
}

/** Everything a plan is decided from. */
export interface SwapState extends LaunchSettings {
  port: number
  serveAs: readonly string[]
  /** GPUs the engine may use; null where that is not known or the launcher decides. */
  gpuCount: number | null
  /** Machines of the service, head first. */
  nodes: PlanNode[]
  /** Title of what is served; null if nothing is. */
  served: string | null
  /** The container that serves was not started from here. */
  isForeign: boolean
  /** Requests being answered; null if that could not be read. */
  runningRequests: number | null
  drainS: number
  /** Other services that live on these machines. */
  neighbours: { title: string; host: string | null; containers: readonly string[] }[]
}

/** The model to load. */
export interface Wanted {
  recipe: Recipe
  sizes: ModelSizes
  /** A folder outside the HF cache; null for the cache. */
  folder: string | null
  /** An adapter to be served on it. */
  lora?: Lora
  lastSeconds: number | null
}

/** A plan with what the job needs to carry it out. */
export interface SwapPlan extends Plan {
  launch: Launch
  /** Machines the model will run on, head first. */
  nodes: string[]
  /** Machines on which a container is stopped first: all of the service's. */
  stopNodes: string[]
}

/** Decides what loading a model takes and says it in the owner's words. Looks at nothing itself. */
export function planSwap(state: SwapState, wanted: Wanted): SwapPlan {
  const { recipe } = wanted
  const nodes = state.nodes.slice(0, recipe.nodes)
  const launch = planLaunch(state, wanted, nodes)
  const launcher = launcherOf(launch)
  const { title } = recipe
  const busy = state.nodes.filter((node) => node.container !== 'absent')
  const head = state.nodes[0]?.id ?? null
  return {
    title: state.served ? `Load ${title} instead of ${state.served}?` : `Load ${title}?`,
    confirm: `Load ${title}`,
    commands: [...stopCommands(state), { host: head, command: display(launcher.start()) }],
    stops: stopsOf(state, busy),
    consequence: [
      whatHappens(state, wanted),
      whatElse(state, nodes),
      whatIsCut(state),
      ...whetherItFits(state, wanted),
      ifItFails(state, title),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    holds: [state.service, ...gpusHeld(state, [...nodes, ...busy])],
    last_seconds: wanted.lastSeconds,
    running_requests: state.runningRequests ?? 0,
    launch,
    nodes: nodes.map(({ id }) => id),
    stopNodes: state.nodes.map(({ id }) => id),
  }
}

type Where = Pick<SwapState, 'launcher' | 'container' | 'service'>

/** The commands that stop whatever carries the container's name, on every machine. */
export const stopCommands = (state: Where & Pick<SwapState, 'nodes'>) =>
  state.nodes.map(({ id, runtime }) => ({
    host: id,
    command: display(engineOf(state).stop(runtime)),
  }))

/**
 * What a job on these machines holds: the GPUs that are numbered, so that two engines of one machine
 * can load at once; else whole machines.
 */
export function gpusHeld(
  { launcher, gpus }: Pick<SwapState, 'launcher' | 'gpus'>,
  nodes: readonly { id: string }[],
): string[] {
  const isNumbered = launcher !== 'launch-cluster' && Array.isArray(gpus)
  return [
    ...new Set(
      nodes.flatMap(({ id }) =>
        isNumbered ? gpus.map((gpu: number) => `gpu:${id}:${gpu}`) : [`gpu:${id}`],
      ),
    ),
  ]
}

/** What stops, in one sentence each. */
export function stopsOf(
  state: Where & Pick<SwapState, 'served'>,
  busy: readonly Pick<PlanNode, 'id'>[],
): string[] {
  const where = list(busy.map(({ id }) => id))
  if (state.served) return [`${state.served} stops${where ? ` on ${where}` : ''}.`]
  if (!where) return []
  return [`${capital(engineOf(state).thing)} on ${where} stops. Nothing is being served from it.`]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function whatHappens(state: SwapState, { recipe, lastSeconds }: Wanted): string {
  const how =
    lastSeconds === null
      ? 'how long that takes is not known, it was never loaded from here'
      : `${roughly(lastSeconds)} (last time ${duration(lastSeconds)})`
  const until = `Until ${recipe.title} is ready nobody gets answers from the language model: ${how}.`
  const whose = state.isForeign ? ' It was not started from here.' : ''
  return state.served
    ? `${state.served} stops now.${whose} ${until}`
    : `Nothing is loaded now. ${until}`
}

/** What else lives on the machines; named most plainly for a second machine taken by the model. */
function whatElse(state: Pick<SwapState, 'neighbours'>, nodes: { id: string }[]): string {
  return nodes
    .map(({ id }, index) => {
      const titles = [
        ...new Set(state.neighbours.filter(({ host }) => host === id).map(({ title }) => title)),
      ]
      if (index > 0) {
        return titles.length > 0
          ? `It also takes ${id}, where ${list(titles)} ${titles.length > 1 ? 'live; they keep' : 'lives; it keeps'} running and ${titles.length > 1 ? 'share' : 'shares'} the memory there.`
          : `It also takes ${id}.`
      }
      if (titles.length === 0) return ''
      return `${capital(list(titles))} on ${id} ${titles.length > 1 ? 'keep' : 'keeps'} running.`
    })
    .filter((line) => line !== '')
    .join(' ')
}

/** What becomes of the requests that are being answered. */
function whatIsCut(state: Pick<SwapState, 'served' | 'runningRequests' | 'drainS'>): string {
  if (!state.served) return ''
  if (state.runningRequests === null) {
    return 'How many requests are being answered is not known; what is left is cut.'
  }
  if (state.runningRequests === 0) return 'No request is being answered.'
  const counted = `${countRequests(state.runningRequests)} being answered`
  const one = state.runningRequests === 1
  return state.drainS > 0
    ? `${counted}; ${one ? 'it gets' : 'they get'} ${state.drainS} seconds to finish, then ${one ? 'it is' : 'they are'} cut.`
    : `${counted}; ${one ? 'it ends' : 'they end'} in the middle.`
}

function whetherItFits(state: SwapState, wanted: Wanted): string[] {
  if (wanted.sizes.weightBytes === 0) return []
  const { lines, ways } = judgeLaunch(state, wanted)
  return [...lines, ways.join(' ')]
}

function ifItFails(state: SwapState, title: string): string {
  const again = state.served ? `; you can load ${state.served} again` : ''
  return `If ${title} does not start, nothing is loaded${again}.`
}
