import {
  type Job,
  type JobView,
  type KeyValue,
  type RecipeEntry,
  type RecipeSource,
  type Recipes,
  type Service,
  Value,
} from '#core'
import type { Recipe } from '../recipe/recipe.ts'
import { Settings } from '../settings.ts'
import type { FakeCluster } from './fake-cluster.ts'

/** A store in memory. Values are copied as a real one does. */
export function createFakeStore(values = new Map<string, string>()): KeyValue {
  return {
    get: <T>(key: string) => {
      const text = values.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as T)
    },
    set: (key, value) => void values.set(key, JSON.stringify(value)),
    delete: (key) => void values.delete(key),
    keys: (prefix = '') => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
}

/** Recipes in memory. */
function createFakeRecipes(recipes: Recipe[]): Recipes {
  const shipped = new Map(recipes.map((recipe) => [recipe.repo.replaceAll('/', '--'), recipe]))
  const saved = new Map<string, Recipe>()
  const entries = (map: Map<string, Recipe>, source: RecipeSource): RecipeEntry<Recipe>[] =>
    [...map].map(([key, recipe]) => ({ key, source, recipe }))
  const list = (source?: RecipeSource) => {
    if (source) return entries(source === 'override' ? saved : shipped, source)
    const isSaved = ({ key }: RecipeEntry) => saved.has(key)
    return [
      ...entries(saved, 'override'),
      ...entries(shipped, 'shipped').filter((entry) => !isSaved(entry)),
    ]
  }
  return {
    list: list as Recipes['list'],
    find: ((key: string, source?: RecipeSource) =>
      list(source).find((entry) => entry.key === key)) as Recipes['find'],
    save: (key, recipe) => void saved.set(key, recipe as Recipe),
    reset: (key) => void saved.delete(key),
  }
}

export interface FakeServiceOptions {
  settings?: Partial<Settings>
  store?: KeyValue
  recipes?: Recipe[]
  active?: JobView[]
  id?: string
}

/** A service over a fake cluster, its host the first machine. */
export function createFakeService(
  cluster: FakeCluster,
  options: FakeServiceOptions = {},
): Service<Settings> & { started: { name: string; input: unknown; holds: string[] }[] } {
  const settings = Value.Default(Settings, {
    nodes: [...cluster.hosts.keys()],
    launcher_dir: '~/spark-vllm-docker',
    ...options.settings,
  }) as Settings
  const started: { name: string; input: unknown; holds: string[] }[] = []
  const [head] = cluster.hosts.values()
  if (!head) throw new Error('the fake cluster has no host')
  const id = options.id ?? 'llm'
  return {
    id,
    kind: 'vllm',
    settings,
    host: head,
    port: 8888,
    hosts: cluster.hosts,
    http: () => cluster.upstream,
    user: null,
    containers: async () => [],
    containerAct: () => {
      throw new Error('the engine has acts of its own')
    },
    containerLog: () => {
      throw new Error('the engine has a log of its own')
    },
    peer: () => undefined,
    secretFile: () => {
      throw new Error('no key in here')
    },
    audit: () => {},
    neighbours: () => [
      { id: 'asr', title: 'Speech recognition', host: 'spark-2', containers: ['parakeet'] },
      { id: 'tts', title: 'Speech', host: 'spark-2', containers: ['kokoro'] },
    ],
    jobs: {
      start({ name, input, holds }) {
        started.push({ name, input, holds })
        return {
          job: fakeJobView({
            id: `job-${started.length}`,
            kind: `vllm.${name}`,
            service: id,
            input,
          }),
          isJoined: false,
        }
      },
      active: () => options.active ?? [],
      get: () => undefined,
      cancel: () => undefined,
    },
    recipes: createFakeRecipes(options.recipes ?? []),
    store: options.store ?? createFakeStore(),
    changed: () => undefined,
    probeSoon: () => undefined,
    notify: () => undefined,
    clock: cluster.clock,
    log: { info() {}, warn() {}, error() {}, debug() {} } as unknown as Service['log'],
    signal: new AbortController().signal,
    started,
  }
}

/** A job view with the given fields. */
export const fakeJobView = (fields: Partial<JobView>): JobView => ({
  id: 'job-1',
  title: 'Load it',
  kind: 'vllm.swap',
  service: 'llm',
  state: 'running',
  phase: null,
  percent: null,
  phases: [],
  input: {},
  result: undefined,
  created_at: '2026-11-24T12:00:00.000Z',
  started_at: '2026-11-24T12:00:00.000Z',
  ended_at: null,
  ...fields,
})

/** What a job keeps of its steps across a restart. */
export interface KeptSteps {
  done: Map<string, string>
  attempts: Map<string, number>
}

/** Thrown in place of a kill: nothing after it runs in this life of the controller. */
export class Killed extends Error {}

export interface FakeJob<I> extends Job<I> {
  readonly lines: string[]
  readonly phases: string[]
  readonly percents: (number | null)[]
  cancel(): void
}

/** A job over kept steps. `killIn` ends its life in that step, before or after its work. */
export function createFakeJob<I>(
  input: I,
  options: {
    steps?: KeptSteps
    killIn?: { step: string; when: 'before' | 'after' }
    /** Called when a phase begins, for cancelling in it. */
    onPhase?: (phase: string, job: FakeJob<I>) => void
  } = {},
): FakeJob<I> {
  const { steps = { done: new Map(), attempts: new Map() }, killIn } = options
  const abort = new AbortController()
  const job: FakeJob<I> = {
    id: 'job-1',
    input,
    signal: abort.signal,
    startedAt: 0,
    lines: [],
    phases: [],
    percents: [],
    cancel: () => abort.abort(Object.assign(new Error('cancelled'), { code: 'JOB_CANCELLED' })),
    async step(name, work) {
      const done = steps.done.get(name)
      if (done !== undefined) return JSON.parse(done)
      const attempt = (steps.attempts.get(name) ?? 0) + 1
      steps.attempts.set(name, attempt)
      if (killIn?.step === name && killIn.when === 'before') return dead()
      const result = await work({ attempt })
      if (killIn?.step === name) return dead()
      steps.done.set(name, JSON.stringify(result ?? null))
      return result
    },
    phase(name) {
      if (job.phases.at(-1) !== name) job.phases.push(name)
      options.onPhase?.(name, job)
    },
    percent: (value) => void job.percents.push(value),
    line: (text) => void job.lines.push(text),
  }
  let die: (reason: Killed) => void = () => undefined
  const death = new Promise<never>((_, reject) => {
    die = reject
  })
  death.catch(() => undefined)
  /** A killed process neither fails nor cleans up: the run simply never goes on. */
  const dead = (): Promise<never> => {
    die(new Killed())
    return new Promise(() => {})
  }
  return Object.assign(job, { death })
}

/** Waits for a run to end, or for its controller to be killed. */
export const livingUntil = <T>(job: FakeJob<unknown>, run: Promise<T>): Promise<T> =>
  Promise.race([run, (job as unknown as { death: Promise<never> }).death])
