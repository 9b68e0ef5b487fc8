import { oneLine } from '../coming-from/reading.ts'
import { PARSERS } from '../recipe/parsers.ts'
import { ENV_KEY, ENV_VALUE, isRepo, keyOf, MOD } from '../recipe/patterns.ts'
import { type Recipe, recipeMistakes } from '../recipe/recipe.ts'
import { findServe } from './find-serve.ts'
import { formatCommand } from './format-command.ts'
import { createNotes, type Located, type Notes } from './notes.ts'
import { type RecipeFile, readRecipeFile } from './read-file.ts'
import { splitWords } from './split-words.ts'
import { type ServeCommand, translateCommand } from './translate-command.ts'

export interface Imported extends Notes {
  key: string | null
  /** Null as long as there are mistakes. */
  recipe: Recipe | null
}

/** What run-recipe.py leaves to vLLM, which takes more of memory than a machine that shares it can spare. */
const UTILIZATION = 0.8

/** Translates a recipe file of spark-vllm-docker into settings of this kind. Pure; runs nothing. */
export function importRecipe(text: string): Imported {
  const notes = createNotes()
  const file = readRecipeFile(text, notes)
  if (!file.command || notes.mistakes.length > 0) return finish(notes, null)
  const script = formatCommand(file.command, file.tables.get('defaults') ?? new Map(), notes)
  const serve = findServe(splitWords(script, notes), notes)
  if (notes.mistakes.length > 0) return finish(notes, null)
  const command = translateCommand(serve.words, notes)
  const { recipe, lines } = assemble(file, command, serve.env, notes)
  const known = new Set(notes.mistakes.map(({ line }) => line))
  for (const { path, message } of recipeMistakes(recipe)) {
    const line = lines.get(path) ?? lines.get(path.split('.')[0] ?? '') ?? 1
    if (!(path === 'repo' && known.has(line)))
      notes.mistakes.push({ line, message: `${path}: ${message}` })
  }
  return finish(notes, recipe as Recipe)
}

/** More of a kind than anybody reads at once; a file can be made to hold thousands. */
const MOST_NOTES = 100

function finish(notes: Notes, recipe: Recipe | null): Imported {
  const tidy = <T extends { line: number }>(list: T[]) =>
    list.toSorted((a, b) => a.line - b.line).slice(0, MOST_NOTES)
  const isGood = recipe !== null && notes.mistakes.length === 0
  return {
    key: isGood ? keyOf(recipe.repo) : null,
    recipe: isGood ? recipe : null,
    mistakes: tidy(notes.mistakes),
    warnings: tidy(notes.warnings),
    dropped: tidy(notes.dropped),
    translated: tidy(notes.translated),
  }
}

/** The recipe, and the line of the file each of its fields comes from. */
function assemble(
  file: RecipeFile,
  command: ServeCommand,
  serveEnv: ReadonlyMap<string, Located>,
  notes: Notes,
) {
  const lines = new Map<string, number>()
  const put = <V>(field: string, value: V, line: number, from: string): V => {
    lines.set(field, line)
    notes.translated.push({ line, from, to: field })
    return value
  }
  const name = file.texts.get('name')
  const container = file.texts.get('container')
  const spread = spreadOf(file, command, notes)
  const { tensor_parallel: _, ...fields } = Object.fromEntries(
    [...command.fields].map(([field, { value, line }]) => {
      lines.set(field, line)
      return [field, value]
    }),
  )
  lines.set('tensor_parallel', command.fields.get('tensor_parallel')?.line ?? 1)
  lines.set('nodes', lines.get('tensor_parallel') ?? 1)
  for (const [index, { line }] of command.args.entries()) lines.set(`args.${index}`, line)
  const repo = requireRepo(file, command, notes)
  lines.set('repo', repo.line)
  warnOfParsers(command, notes)
  const mods = modsOf(file, notes)
  const env = envOf(new Map([...(file.tables.get('env') ?? []), ...serveEnv]), notes)
  const [built, ...more] = file.lists.get('build_args') ?? []
  if (built) {
    const what = ['build_args:', built.text, ...more.map(({ text }) => text)].join(' ')
    const because = 'images are not built from here: build it with build-and-copy.sh'
    notes.dropped.push({ line: built.line, what: what.slice(0, 200), because })
  }
  const recipe: Record<string, unknown> = {
    title: put('title', titleOf(name), name?.line ?? 1, 'name'),
    repo: repo.text,
    ...spread,
    gpu_memory_utilization: UTILIZATION,
    ...fields,
    ...(container && { image: put('image', container.text, container.line, 'container') }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(mods.length > 0 && { mods }),
    ...(command.args.length > 0 && { args: command.args.map(({ text }) => text) }),
    source: sourceOf(file),
  }
  if (!command.fields.has('gpu_memory_utilization')) {
    const message = `the command names no share of memory; ${UTILIZATION} is taken`
    notes.warnings.push({ line: repo.line, message })
  }
  return { recipe, lines }
}

/** One GPU a machine: the launcher starts as many machines as the command asks for parts. */
function spreadOf(file: RecipeFile, { fields }: ServeCommand, notes: Notes) {
  const asked = fields.get('tensor_parallel')
  const parts = asked?.value ?? 1
  const solo = file.flags.get('solo_only')
  const cluster = file.flags.get('cluster_only')
  if (solo?.isOn && parts !== 1) {
    const message = `solo_only, so it runs on one machine in spite of ${parts} parts in the command`
    notes.warnings.push({ line: asked?.line ?? solo.line, message })
    return { nodes: 1, tensor_parallel: 1 }
  }
  if (cluster?.isOn && parts === 1) {
    const message = 'cluster_only, yet the command asks for one part: it would run on one machine'
    notes.mistakes.push({ line: cluster.line, message })
  }
  return { nodes: parts, tensor_parallel: parts }
}

function requireRepo(file: RecipeFile, { model }: ServeCommand, notes: Notes): Located {
  const wanted = file.texts.get('model')
  if (!model) {
    const line = file.command?.lines[0] ?? 1
    notes.mistakes.push({ line, message: 'vllm serve names no model' })
    return { text: '', line }
  }
  if (!isRepo(model.text)) {
    const message = `"${model.text.slice(0, 80)}" is not a repo id like Qwen/Qwen3-8B`
    notes.mistakes.push({ line: model.line, message })
  } else if (wanted && wanted.text !== model.text) {
    const message = `model says ${wanted.text}, the command serves ${model.text}: the command counts`
    notes.warnings.push({ line: wanted.line, message })
  }
  notes.translated.push({ line: model.line, from: `vllm serve ${model.text}`, to: 'repo' })
  return model
}

const PARSER_NAMES = new Set(PARSERS.flatMap(({ tool, reasoning }) => [tool, reasoning]))

function warnOfParsers({ fields }: ServeCommand, notes: Notes): void {
  for (const field of ['tool_parser', 'reasoning_parser'] as const) {
    const found = fields.get(field)
    if (!found || PARSER_NAMES.has(String(found.value))) continue
    const message = `the parser ${found.value} is not known here; an image without it does not start`
    notes.warnings.push({ line: found.line, message })
  }
}

function modsOf(file: RecipeFile, notes: Notes): string[] {
  return (file.lists.get('mods') ?? []).flatMap(({ text, line }) => {
    const mod = text.replace(/^\.\//, '').replace(/\/$/, '')
    if (new RegExp(MOD).test(mod)) {
      notes.translated.push({ line, from: text, to: 'mods' })
      return [mod]
    }
    const because = 'not a folder inside that of the launcher'
    notes.dropped.push({ line, what: `mods: ${text.slice(0, 80)}`, because })
    return []
  })
}

function envOf(table: ReadonlyMap<string, Located>, notes: Notes): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, { text, line }] of table) {
    // the value may be a secret, so it is not repeated
    const what = `env: ${name.slice(0, 80)}`
    if (!new RegExp(ENV_KEY).test(name)) {
      const because = 'not a variable that tunes an engine, or one that carries a secret'
      notes.dropped.push({ line, what, because })
    } else if (!new RegExp(ENV_VALUE).test(text)) {
      const because = 'the launcher would take its value apart'
      notes.dropped.push({ line, what, because })
    } else {
      env[name] = text
      notes.translated.push({ line, from: `${name}=${text}`, to: 'env' })
    }
  }
  return env
}

const titleOf = (name: Located | undefined): string => oneLine(name?.text ?? '').slice(0, 120)

const sourceOf = ({ texts }: RecipeFile): string =>
  oneLine(
    [`imported: ${texts.get('name')?.text}`, texts.get('description')?.text ?? '']
      .filter(Boolean)
      .join('. '),
  ).slice(0, 500)
