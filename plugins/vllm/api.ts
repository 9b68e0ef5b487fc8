import { type Api, JobView, Nullable, Type } from '#core'
import { FitView } from './fit/fit-view.ts'
import { ImportBody, ImportView } from './import/views.ts'
import { MODEL_KEY, REPO, REVISION } from './recipe/patterns.ts'
import { Recipe } from './recipe/recipe.ts'
import {
  CardView,
  DownloadView,
  ModelsView,
  RecipeCheckView,
  Suggestion,
  SwapPlanView,
} from './views.ts'

const MODEL_MAX = 200
const Key = Type.Object({ key: Type.String({ pattern: MODEL_KEY, maxLength: MODEL_MAX }) })
const ServiceId = Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }))
const Digest = Type.Optional(
  Type.String({ maxLength: 200, description: 'digest of the plan that was agreed to' }),
)
const DrainSeconds = Type.Integer({
  minimum: 0,
  maximum: 600,
  default: 0,
  description: 'how long running requests may finish before they are cut',
})

/** Body of POST /api/swap. */
export const SwapBody = Type.Object(
  {
    model: Type.String({
      pattern: REPO,
      maxLength: MODEL_MAX,
      description: 'repo id, key or a name of its settings',
    }),
    service: ServiceId,
    plan: Digest,
    drain_s: Type.Optional(DrainSeconds),
  },
  { additionalProperties: false },
)

/** Body of POST /api/unload. */
const UnloadBody = Type.Object(
  { service: ServiceId, plan: Digest, drain_s: Type.Optional(DrainSeconds) },
  { additionalProperties: false },
)

/** Body of POST /api/downloads. */
const DownloadBody = Type.Object(
  {
    repo: Type.String({ pattern: REPO, maxLength: MODEL_MAX, description: 'repo id on the hub' }),
    hosts: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }), {
        minItems: 1,
        maxItems: 16,
        description: 'hosts that are to have it; default: those its recipe runs on',
      }),
    ),
    revision: Type.Optional(
      Type.String({ pattern: REVISION, description: 'branch, tag or commit; default: main' }),
    ),
    plan: Digest,
  },
  { additionalProperties: false },
)

/** 202: the job; 200: there was nothing to do. */
const Started = {
  200: Type.Object({ job: Type.Null(), unchanged: Type.Boolean() }),
  202: Type.Object({ job: JobView, unchanged: Type.Boolean() }),
}

/** Routes of one service, under /api/<service id>. */
export const api = {
  'GET /card': {
    summary: 'What is served, since when, started by whom, and whether it really answered',
    effect: 'read',
    reply: { 200: CardView },
  },
  'POST /unload': {
    summary: 'Stop what is loaded, verified',
    effect: 'operate',
    action: { name: 'unload', label: 'Unload' },
    body: Type.Optional(UnloadBody),
    reply: Started,
  },
} as const satisfies Api

/** A chat body with images may be large; the gateway reads it once and hands on the same bytes. */
const CHAT_BYTES = 32 * 1024 * 1024

const Forward = (summary: string) =>
  ({ summary, effect: 'use', forward: 'main', max_bytes: CHAT_BYTES }) as const

/** Paths of the kind as a whole. */
export const door = {
  'GET /api/models': {
    summary: 'Every model on the disks, what state it is in and where it runs',
    effect: 'read',
    reply: { 200: ModelsView },
  },
  'GET /api/models/suggest': {
    summary: 'Launch settings read from the config.json on disk, each with its reason',
    effect: 'read',
    query: Type.Object({
      repo: Type.String({ pattern: REPO, maxLength: MODEL_MAX }),
      service: ServiceId,
    }),
    reply: { 200: Suggestion },
  },
  'GET /api/models/:key/plan': {
    summary: 'What loading this model would run, stop and hold',
    effect: 'read',
    params: Key,
    query: Type.Object({ service: ServiceId }),
    reply: { 200: SwapPlanView },
  },
  'GET /api/models/:key/fit': {
    summary: 'Whether a model fits on what is free now, the sum term by term and what would help',
    effect: 'read',
    params: Key,
    query: Type.Object({
      service: ServiceId,
      max_model_len: Type.Optional(Type.Integer({ minimum: 256, maximum: 16_777_216 })),
      gpu_memory_utilization: Type.Optional(Type.Number({ minimum: 0.05, maximum: 0.95 })),
    }),
    reply: { 200: FitView },
  },
  'PUT /api/models/:key/recipe': {
    summary: 'Save launch settings for a model',
    effect: 'operate',
    params: Key,
    body: Type.Unknown({ description: 'a recipe; mistakes are answered all at once' }),
    reply: { 200: Type.Object({ key: Type.String(), recipe: Recipe }) },
  },
  'DELETE /api/models/:key/recipe': {
    summary: 'Forget the saved settings, so that the shipped ones count again',
    effect: 'operate',
    params: Key,
    reply: { 200: Type.Object({ key: Type.String(), recipe: Nullable(Recipe) }) },
  },
  'POST /api/models/:key/recipe/check': {
    summary: 'Every mistake of settings not saved yet, and the commands a load with them would run',
    effect: 'use',
    params: Key,
    query: Type.Object({ service: ServiceId }),
    body: Type.Unknown({ description: 'a recipe' }),
    reply: { 200: RecipeCheckView },
  },
  'POST /api/models/import': {
    summary: 'What a recipe file of spark-vllm-docker would become, line by line; saves nothing',
    effect: 'use',
    body: ImportBody,
    reply: { 200: ImportView },
  },
  'DELETE /api/models/:key': {
    summary: 'Delete a model from every disk that has it; its saved settings stay',
    effect: 'operate',
    params: Key,
    query: Type.Object({
      confirm: Type.Optional(
        Type.String({ maxLength: MODEL_MAX, description: 'the key again; 428 without it' }),
      ),
    }),
    reply: Started,
  },
  'POST /api/models/rescan': {
    summary: 'Read the disks now',
    effect: 'use',
    reply: { 200: ModelsView },
  },
  'GET /api/downloads': {
    summary: 'Downloads and copies on their way: bytes, speed, time left, each file',
    effect: 'read',
    reply: { 200: Type.Object({ downloads: Type.Array(DownloadView) }) },
  },
  'POST /api/downloads': {
    summary: 'Download a model to one host and copy it to others, as a job that survives restarts',
    effect: 'operate',
    body: DownloadBody,
    reply: Started,
  },
  'POST /api/swap': {
    summary: 'Load a model in place of what is loaded',
    effect: 'operate',
    body: SwapBody,
    reply: Started,
  },
  'POST /api/unload': {
    summary: 'Stop what is loaded, verified',
    effect: 'operate',
    body: Type.Optional(UnloadBody),
    reply: Started,
  },
  'POST /v1/chat/completions': Forward('Chat with the loaded model'),
  'POST /v1/completions': Forward('Complete a text with the loaded model'),
  'POST /v1/responses': Forward('OpenAI responses by the loaded model'),
  'POST /v1/messages': Forward('Anthropic messages by the loaded model'),
} as const satisfies Api
