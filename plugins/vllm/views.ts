import { At, Nullable, type Static, Type } from '#core'
import { DemandView } from './demand/view.ts'
import { Recipe } from './recipe/recipe.ts'

const literals = <const T extends readonly string[]>(...words: T) =>
  Type.Union(words.map((word) => Type.Literal(word as T[number])))

export const DiskState = literals('ready', 'partial', 'downloading', 'unsupported')
export type DiskState = Static<typeof DiskState>

export const ModelState = literals('ready', 'needs_setup', 'partial', 'downloading', 'unsupported')
export type ModelState = Static<typeof ModelState>

/** One model on one host's disk. */
const ModelOnHost = Type.Object({
  host: Type.String(),
  state: DiskState,
  /** Why it is not ready. */
  reason: Type.Optional(Type.String()),
  /** Bytes on disk, what deleting it would free. */
  size_bytes: Type.Number(),
  /** Bytes of the weights that go into memory. */
  weight_bytes: Type.Number(),
  last_used_at: Nullable(At),
  /** The host did not answer the last scan: this is what it had before. */
  stale: Type.Boolean(),
  scanned_at: At,
})

const RunningModel = Type.Object({
  service: Type.String(),
  host: Type.String(),
  since: Nullable(At),
})

export const ModelView = Type.Object({
  key: Type.String(),
  repo: Type.String(),
  source: literals('hf-cache', 'local'),
  state: ModelState,
  /** Why it cannot be loaded as it is. */
  reason: Type.Optional(Type.String()),
  /** For a LoRA adapter: the model it is served on. */
  adapter_of: Type.Optional(Type.String()),
  mode: Nullable(literals('solo', 'cluster')),
  capabilities: Type.Array(Type.String()),
  recipe: Nullable(Recipe),
  /** Whether the recipe came with Spark Control or was saved here. */
  recipe_source: Nullable(literals('shipped', 'override')),
  /** The recipe of another repo whose pattern fits this one; null where it is this repo's own. */
  recipe_match: Nullable(Type.Object({ repo: Type.String(), glob: Type.String() })),
  hosts: Type.Array(ModelOnHost),
  running: Type.Array(RunningModel),
  /** How long its last load took. */
  last_load_seconds: Nullable(Type.Number()),
  /** When it was last loaded from here. */
  last_loaded_at: Nullable(At),
})
export type ModelView = Static<typeof ModelView>

export const ModelsView = Type.Object({
  models: Type.Array(ModelView),
  recipes: Type.Array(
    Type.Object({ key: Type.String(), repo: Type.String(), title: Type.String() }),
  ),
  /** The oldest of the hosts' scans; null before the first. */
  scanned_at: Nullable(At),
  errors: Type.Array(Type.Object({ host: Type.String(), message: Type.String() })),
})
export type ModelsView = Static<typeof ModelsView>

export const Suggestion = Type.Object({
  repo: Type.String(),
  recipe: Recipe,
  why: Type.Array(
    Type.Object({ field: Type.String(), value: Type.Unknown(), because: Type.String() }),
  ),
  /** What was read of the model's files: name and value as people read them. */
  facts: Type.Array(
    Type.Object({ name: Type.String(), value: Type.String(), because: Type.String() }),
  ),
})
export type Suggestion = Static<typeof Suggestion>

/** What the check after a load found. */
export const SelfCheck = Type.Object({
  checked_at: At,
  model: Type.String(),
  answered: Type.Boolean(),
  /** First words of the answer, or why there was none. */
  text: Type.String(),
  seconds: Type.Number(),
  /** null: no tool parser is set, so it was not tried. */
  tool_call: Nullable(Type.Object({ passed: Type.Boolean(), text: Type.String() })),
})
export type SelfCheck = Static<typeof SelfCheck>

/** What a service's tile shows beyond its state. */
export const CardView = Type.Object({
  service: Type.String(),
  manage: Type.Boolean(),
  nodes: Type.Array(Type.String()),
  launcher: literals('launch-cluster', 'docker', 'command'),
  /** null for a program without a container. */
  container: Nullable(Type.String()),
  /** Ids served as of `seen_at`, the repo id first. */
  served: Type.Array(Type.String()),
  since: Nullable(At),
  seen_at: Nullable(At),
  /** Someone else started what runs; null while that is not known. */
  is_foreign: Nullable(Type.Boolean()),
  max_model_len: Nullable(Type.Number()),
  self_check: Nullable(SelfCheck),
  /** The swap or unload that is running. */
  job: Nullable(Type.String()),
  /** Who waits for which model; null unless the topology says on_demand. */
  demand: Nullable(DemandView),
})
export type CardView = Static<typeof CardView>

/** GET /api/models/:key/plan. The digest to send back comes from POST /api/swap?dry_run=true. */
export const SwapPlanView = Type.Object({
  title: Type.String(),
  confirm: Type.String(),
  commands: Type.Array(Type.Object({ host: Nullable(Type.String()), command: Type.String() })),
  stops: Type.Array(Type.String()),
  consequence: Type.String(),
  holds: Type.Array(Type.String()),
  last_load_seconds: Nullable(Type.Number()),
  running_requests: Type.Integer(),
})

/** Settings that are not saved yet, judged by the rules that saving them is judged by. */
export const RecipeCheckView = Type.Object({
  /** Every field that is not right; empty if it can be saved. */
  details: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
  /** What loading the model with them would run, in this order. */
  commands: Type.Array(Type.Object({ host: Nullable(Type.String()), command: Type.String() })),
  /** Why no commands can be told, though the settings may be right. */
  not_shown: Nullable(Type.String()),
})
export type RecipeCheckView = Static<typeof RecipeCheckView>

/** A download or copy that is on its way. */
export const DownloadView = Type.Object({
  job: Type.String(),
  repo: Type.String(),
  key: Type.String(),
  /** `download`: from the hub; `copy`: from another host. */
  kind: literals('download', 'copy'),
  /** The host it comes to. */
  host: Type.String(),
  done_bytes: Type.Number(),
  /** null until the list of files is known. */
  total_bytes: Nullable(Type.Number()),
  /** Of the last seconds; null until it was measured. */
  bytes_per_s: Nullable(Type.Number()),
  eta_s: Nullable(Type.Number()),
  files: Type.Array(
    Type.Object({ path: Type.String(), size_bytes: Type.Number(), done_bytes: Type.Number() }),
  ),
})
export type DownloadView = Static<typeof DownloadView>
