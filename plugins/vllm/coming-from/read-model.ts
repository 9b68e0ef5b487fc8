import { type ImportedRecipe, mayBeSecret, type OldModel } from '#core'
import { titleOf } from '../recipe/infer.ts'
import { ENV_KEY, ENV_VALUE, isRepo, keyOf, MOD } from '../recipe/patterns.ts'
import { recipeMistakes } from '../recipe/recipe.ts'
import { type Flags, readFlags } from './read-flags.ts'
import { readSpread } from './read-spread.ts'
import { createReading, isText, isThere, oneLine, type Reading, takeUnused } from './reading.ts'

/** What is left to a model of a machine's memory where nothing says it: vLLM's own 0.9 is too much for a Spark. */
const UTILIZATION = 0.8

/** Reads an entry of the first Spark Control's models.yaml as a recipe. Runs nothing. */
export function readOldModel({ id, fields, overridden }: OldModel): ImportedRecipe {
  const reading = createReading(fields, overridden)
  const { understood, checks, notes } = reading
  const flags = readFlags(reading)
  const nodes = readSpread(reading, flags)
  const extras = extrasOf(reading, flags)
  const saysHow = understood.size > 0
  const repo = repoOf(id, reading, flags.model)
  const title = oneLine(reading.take('title', isText) ?? (repo ? titleOf(repo) : id)).slice(0, 120)
  const description = descriptionOf(reading)
  takeUnused(reading)
  const none = { file: null, understood, checks: {}, notes }
  if (repo === undefined) {
    notes.push({ text: 'names no repository such as Qwen/Qwen3-8B, so there is nothing to load' })
    return none
  }
  if (!saysHow) {
    notes.push({ text: `says nothing of how ${repo} is loaded, so our own settings count` })
    return none
  }
  const { tensor_parallel: _, ...values } = Object.fromEntries(flags.values)
  if (!('gpu_memory_utilization' in values))
    checks.gpu_memory_utilization = 'nothing named a share of memory'
  const recipe: Record<string, unknown> = {
    ...{ title, repo },
    // programs went by it: POST /api/swap {"model": id}
    ...(isName(id, repo) && { names: [id] }),
    ...{ nodes, tensor_parallel: nodes, gpu_memory_utilization: UTILIZATION },
    ...values,
    ...extras,
    ...(flags.args.length > 0 && { args: flags.args }),
    source: oneLine(`${id} of the first Spark Control. ${description}`).slice(0, 500),
  }
  return mend(recipe, reading) ? { ...none, file: { key: keyOf(repo), recipe }, checks } : none
}

function descriptionOf(reading: Reading): string {
  const text = reading.take('description', isText) ?? ''
  if (!mayBeSecret('', text)) return text
  reading.notes.push({ text: 'its description is left out, for it may hold a secret' })
  return ''
}

const isName = (id: string, repo: string): boolean =>
  isRepo(id) && id !== repo && id !== keyOf(repo)

/** Where the command serves another repository than the entry names, the command counts. */
function repoOf(id: string, reading: Reading, served: string | undefined): string | undefined {
  const isNamed = (value: unknown): value is string =>
    typeof value === 'string' && value.includes('/') && isRepo(value)
  const named = reading.take('repo', isNamed)
  const repo = [served, named, id].find(isNamed) ?? reading.take('title', isNamed)
  if (named !== undefined && named !== repo)
    reading.notes.push({ text: `names ${named}, its command serves ${repo}: that counts` })
  return repo
}

function extrasOf(reading: Reading, { env, launcher }: Flags): Record<string, unknown> {
  const mods = [...(launcher?.mods ?? []), ...listOf(reading.take('mods', Array.isArray))]
    .map((mod) => mod.replace(/^\.\//, '').replace(/\/$/, ''))
    .filter((mod) => isGood(MOD, mod, 'mods', reading))
  const image = reading.take('image', isText) ?? launcher?.image
  const all = { ...launcher?.env, ...env, ...Object.fromEntries(envOf(reading)) }
  const kept = Object.entries(all).filter(
    ([name, text]) =>
      isGood(ENV_KEY, name, 'env', reading) &&
      isGood(ENV_VALUE, text, 'env', reading, name) &&
      isNoSecret(name, text, reading),
  )
  return {
    ...(image !== undefined && { image }),
    ...(kept.length > 0 && { env: Object.fromEntries(kept) }),
    ...(mods.length > 0 && { mods }),
  }
}

/** `NAME: value`, or a list of `NAME=value`. */
function envOf(reading: Reading): [string, string][] {
  const found = reading.take(
    'env',
    (value): value is object => isThere(value) && typeof value === 'object',
  )
  if (Array.isArray(found))
    return listOf(found).map((word) => {
      const at = `${word}=`.indexOf('=')
      return [word.slice(0, at), word.slice(at + 1)]
    })
  return Object.entries(found ?? {}).map(([name, value]) => [name, String(value ?? '')])
}

const listOf = (list: readonly unknown[] | undefined): string[] => (list ?? []).map(String)

/** Says what is left out; the value of a variable may be a secret, so only its name is told. */
function isGood(
  pattern: string,
  text: string,
  field: string,
  { notes }: Reading,
  name = text,
): boolean {
  if (new RegExp(pattern).test(text)) return true
  notes.push({ text: `${field}: ${name.slice(0, 80)} is left out, for settings do not take it` })
  return false
}

function isNoSecret(name: string, text: string, { notes }: Reading): boolean {
  if (!mayBeSecret('', text)) return true
  notes.push({ text: `env: ${name} is left out, for it may hold a secret` })
  return false
}

/** Takes out what settings cannot have; false if what is left is none. */
function mend(recipe: Record<string, unknown>, { notes, checks }: Reading): boolean {
  for (;;) {
    const [mistake] = recipeMistakes(recipe)
    if (!mistake) return true
    const [field = ''] = mistake.path.split('.')
    const why = mistake.message.replace(/^E(?=xpected )/, 'e')
    notes.push({ text: `${mistake.path} is left out: ${why}` })
    if (field === 'gpu_memory_utilization' && recipe[field] !== UTILIZATION) {
      recipe[field] = UTILIZATION
      checks[field] = 'what was said of it cannot be'
    } else if (NEEDED.has(field) || !(field in recipe)) return false
    else delete recipe[field]
  }
}

const NEEDED = new Set(['title', 'repo', 'nodes', 'gpu_memory_utilization'])
