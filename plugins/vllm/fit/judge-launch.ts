import { unevenHeads } from '../config/split.ts'
import { partsOf } from '../launch/plan-launch.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { PlanNode, SwapState, Wanted } from '../swap/swap-plan.ts'
import { judgeFit, type LaunchFit } from './fit-launch.ts'
import { type Place, placesOn } from './fit-places.ts'
import { type FitWanted, wantedOf } from './fit-wanted.ts'
import { type FitNames, fitLines, wayLines } from './fit-words.ts'

/** The verdict on one launch, in figures and in words. */
export interface JudgedLaunch extends LaunchFit {
  wanted: FitWanted
  lines: string[]
  ways: string[]
}

/** Whether a model fits on the service's machines as they are now. Looks at nothing itself. */
export function judgeLaunch(state: SwapState, wanted: Wanted): JudgedLaunch {
  const { recipe } = wanted
  const asked = fitWanted(state, wanted, recipe)
  const fit = fitWith(state, asked, recipe.nodes)
  const names: FitNames = {
    served: state.served,
    parts: asked.parts,
    hasDirectLoad: /instanttensor|fastsafetensors/.test(recipe.load_format ?? ''),
  }
  const spread = fit.verdict === 'does_not_fit' ? widerSpread(state, wanted) : undefined
  return {
    ...fit,
    wanted: asked,
    lines: fitLines(fit, names),
    ways: wayLines(fit, names, spread),
  }
}

const fitWanted = (state: SwapState, { sizes }: Wanted, recipe: Recipe): FitWanted =>
  wantedOf(recipe, sizes, {
    parts: partsOf(state, recipe),
    args: [...state.args, ...(recipe.args ?? [])],
  })

function fitWith(state: SwapState, wanted: FitWanted, count: number): LaunchFit {
  const nodes = state.nodes.slice(0, count)
  const parts = Math.ceil(wanted.parts / Math.max(1, nodes.length))
  return judgeFit(
    wanted,
    nodes.flatMap((node) => findPlaces(state, node, parts)),
    nodes.map(({ id }) => id),
  )
}

const findPlaces = (state: SwapState, node: PlanNode, parts: number): Place[] =>
  placesOn(node, {
    container: state.launcher === 'command' ? null : state.container,
    isTaken: state.served !== null && node.container === 'running',
    footprintBytes: node.footprintBytes,
    gpus: Array.isArray(state.gpus) ? state.gpus : null,
    parts,
    titleOf: (container) =>
      state.neighbours.find(
        ({ host, containers }) => host === node.id && containers.includes(container),
      )?.title,
  })

/** The fewest machines more over which it would not fail; undefined if there are none. */
function widerSpread(state: SwapState, wanted: Wanted): number | undefined {
  if (state.launcher !== 'launch-cluster') return undefined
  const { recipe, sizes } = wanted
  return [2, 4, 8].find((nodes) => {
    if (nodes <= recipe.nodes || nodes > state.nodes.length) return false
    if (unevenHeads(sizes, nodes) !== undefined) return false
    const wider = fitWanted(state, wanted, { ...recipe, nodes, tensor_parallel: nodes })
    return fitWith(state, wider, nodes).verdict !== 'does_not_fit'
  })
}
