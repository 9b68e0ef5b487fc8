import { loraArgs } from '../disk/adapter.ts'
import { containerFolder } from '../disk/folder-word.ts'
import { vllmError } from '../errors.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { PlanNode, SwapState, Wanted } from '../swap/swap-plan.ts'
import { list } from '../words.ts'
import type { Launch } from './launch.ts'
import { serveArgs } from './serve-args.ts'

/**
 * What loading a model starts, by the launcher of the service. Throws MODEL_TOO_WIDE or
 * RECIPE_UNSUITED for settings that launcher cannot carry out.
 */
export function planLaunch(state: SwapState, wanted: Wanted, nodes: readonly PlanNode[]): Launch {
  const { recipe, folder, lora } = wanted
  requireSuited(state, recipe)
  const [head] = nodes
  const env = { ...state.env, ...recipe.env }
  // one of them at most is a folder of its own: find-model.ts sees to it
  const modelFolder = folder ?? lora?.folder ?? null
  const common = { hfHome: head?.hfHome ?? null, modelFolder }
  const contained = {
    container: state.container,
    image: recipe.image ?? state.image,
    volumes: [...state.volumes],
  }
  switch (state.launcher) {
    case 'launch-cluster':
      return {
        launcher: 'launch-cluster',
        ...common,
        ...contained,
        env,
        launcherDir: state.launcherDir,
        addresses: nodes.map(({ address }) => address),
        mods: [...new Set([...state.mods, ...(recipe.mods ?? [])])],
        serve: wordsOf(state, wanted, containerFolder),
      }
    case 'docker':
      return {
        launcher: 'docker',
        ...common,
        ...contained,
        env,
        runtime: head?.runtime ?? 'docker',
        service: state.service,
        gpus: Array.isArray(state.gpus) ? [...state.gpus] : 'all',
        shmSize: state.shmSize,
        serve: wordsOf(state, wanted, containerFolder),
      }
    case 'command': {
      const serve = wordsOf(state, wanted, (path) => path)
      return {
        launcher: 'command',
        ...common,
        env: { ...visibleGpus(state), ...env },
        service: state.service,
        serve,
        words: fillIn(state.startCommand, serve, state.port),
      }
    }
  }
}

/** Numbers mean what nvidia-smi calls them, where CUDA alone would count the fastest first. */
const visibleGpus = ({ gpus }: SwapState): Record<string, string> =>
  Array.isArray(gpus)
    ? { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpus.join(',') }
    : {}

/** `seenAt` says where the engine sees a folder of the machine. */
function wordsOf(
  state: SwapState,
  { recipe, folder, lora }: Wanted,
  seenAt: (folder: string) => string,
): string[] {
  const args = [...state.args, ...(recipe.args ?? [])]
  return serveArgs(
    { ...recipe, tensor_parallel: partsOf(state, recipe), args },
    {
      model: folder ? seenAt(folder) : recipe.repo,
      port: state.port,
      serveAs: state.serveAs,
      ...(lora && { lora: loraArgs(lora, lora.folder ? seenAt(lora.folder) : lora.repo) }),
    },
  )
}

/** One part of the model for each GPU: all of the machine's, or one on each machine of a cluster. */
export const partsOf = (state: SwapState, recipe: Recipe): number =>
  recipe.tensor_parallel ??
  (state.launcher === 'launch-cluster' ? recipe.nodes : (state.gpuCount ?? 1))

/** The program with its words: `{model}`, `{port}`, and `{args}` for all other words of `serve`. */
function fillIn(words: readonly string[], serve: readonly string[], port: number): string[] {
  const [model = '', ...args] = serve
  const others = args.toSpliced(args.indexOf('--port'), 2)
  return words.flatMap((word) =>
    word === '{args}'
      ? others
      : word.replaceAll('{model}', () => model).replaceAll('{port}', String(port)),
  )
}

/** Throws MODEL_TOO_WIDE or RECIPE_UNSUITED for settings the launcher cannot carry out. */
export function requireSuited(state: SwapState, recipe: Recipe): void {
  const { launcher, service, gpuCount } = state
  if (launcher === 'launch-cluster') return
  const hint = `save settings of your own for the model, or set launcher of services.${service}`
  if (recipe.nodes > 1) {
    throw vllmError(
      'MODEL_TOO_WIDE',
      `${recipe.title} spans ${recipe.nodes} machines; ${service} is started with launcher ${launcher}, which starts on one`,
      { hint: `${hint}: launch-cluster starts on several` },
    )
  }
  if (gpuCount !== null && (recipe.tensor_parallel ?? 1) > gpuCount) {
    throw vllmError(
      'MODEL_TOO_WIDE',
      `${recipe.title} needs ${recipe.tensor_parallel} GPUs (tensor_parallel), ${service} has ${gpuCount}`,
      { hint: `give services.${service} more gpus, or save settings of your own for the model` },
    )
  }
  if (recipe.mods?.length) {
    throw vllmError(
      'RECIPE_UNSUITED',
      `${recipe.title} needs the mods ${list(recipe.mods)}, which launcher ${launcher} cannot apply`,
      { hint },
    )
  }
  if (recipe.image && launcher === 'command') {
    throw vllmError(
      'RECIPE_UNSUITED',
      `${recipe.title} needs the image ${recipe.image}, and ${service} starts a program without a container`,
      { hint },
    )
  }
}
