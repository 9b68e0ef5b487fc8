import type { Catalog, LoadedKind } from '../catalog.ts'
import { judgeText } from '../check-file.ts'
import type { Diagnostic } from '../topology/topology.ts'
import { isPlainValue } from './comment.ts'
import { DISABLED, disable } from './disable.ts'
import type { Draft, Entry, Remark } from './draft.ts'
import { joinModels } from './join-models.ts'
import { readListen } from './read-controller.ts'
import { readEnv, type Variable } from './read-env.ts'
import { readHosts } from './read-hosts.ts'
import { type FoundModels, readModels } from './read-models.ts'
import { type RecipeDraft, readRecipes } from './read-recipes.ts'
import { readServices } from './read-services.ts'
import { settle } from './settle.ts'
import { createVariables } from './variables.ts'
import { writeDraft } from './write-draft.ts'

/** Files of the first Spark Control, as far as there are any. */
export interface OldFiles {
  models?: OldFile
  overrides?: OldFile
  env?: OldFile
}

export interface OldFile {
  file: string
  text: string
}

/** What they become. */
export interface ImportResult {
  /** Mistakes of the files; with any there is nothing to write. */
  diagnostics: Diagnostic[]
  topology: string
  recipes: RecipeDraft[]
  hosts: number
  services: number
  /** What was not understood, left out or guessed, each at its place in the files. */
  remarks: Remark[]
  /** Guesses and other things to look at in topology.yaml. */
  checks: string[]
}

/** Turns the files into a topology and recipes. Pure but for the kinds it asks. */
export function importAll(
  files: OldFiles,
  catalog: Catalog,
  environment: Environment,
): ImportResult {
  const remarks: Remark[] = []
  const env = files.env ? readEnv(files.env.file, files.env.text) : NO_VARIABLES
  const models = found(files.models)
  const overrides = found(files.overrides)
  const unfitFiles = Object.values(files).flatMap((file: OldFile) => unfit(file) ?? [])
  const mistakes = [models, overrides, env].flatMap((each) => each.diagnostics)
  const diagnostics = unfitFiles.length > 0 ? unfitFiles : mistakes
  if (diagnostics.length > 0)
    return { diagnostics, topology: '', recipes: [], hosts: 0, services: 0, remarks, checks: [] }

  const kinds = [...catalog.kinds.values()]
  const reader = kinds.find(({ plugin }) => plugin.imports?.recipe)
  const read = reader
    ? readRecipes(reader, joinModels(models.models, overrides.models))
    : { recipes: [], leftovers: [], remarks: [] }
  remarks.push(...env.remarks, ...read.remarks)
  const draft = draftOf(env.variables, kinds, environment, remarks)
  const strays = [...models.strays, ...overrides.strays]
  for (const { what, place } of strays) {
    remarks.push({ ...place, text: `not understood: ${what.split(':')[0]}` })
    draft.leftovers.unshift(`${place.file}:${place.line} had ${what}`)
  }
  draft.leftovers.unshift(...read.leftovers)
  const { removed, warnings } = settle(draft, (each) =>
    judgeText('topology.yaml', writeDraft(each), catalog, environment),
  )
  tellOfUnused(env.variables, draft, remarks)
  const checks = [
    ...removed.map((text) => `left out: ${text}`),
    ...warnings.map(({ path, message }) => `${path}: ${message}`),
    ...[draft.listen, ...draft.hosts, ...draft.services].flatMap(checksOf),
  ]
  return {
    ...{ diagnostics, topology: writeDraft(draft), recipes: read.recipes, remarks, checks },
    ...{ hosts: draft.hosts.length, services: draft.services.length },
  }
}

type Environment = Readonly<Record<string, string | undefined>>
const NO_VARIABLES = { variables: [], remarks: [], diagnostics: [] }

/** What the variables say, and those nobody understood. */
function draftOf(
  all: readonly Variable[],
  kinds: readonly LoadedKind[],
  environment: Environment,
  remarks: Remark[],
): Draft {
  const variables = createVariables(all, remarks)
  const disabled = variables.take([DISABLED])
  const hosts = readHosts(variables)
  const listen = readListen(variables)
  const isSet = (name: string) => Boolean(environment[name])
  const { services, absent } = readServices(kinds, { variables, hosts, remarks, isSet })
  const draft: Draft = {
    ...{ listen, hosts: [...hosts.entries], services, disabled: [], leftovers: absent },
  }
  if (disabled) disable(draft, disabled, kinds, remarks)
  for (const variable of variables.left())
    if (!SYSTEM.test(variable.name)) keep(variable, 'not understood', draft, remarks)
  return draft
}

function keep(
  { name, text, file, line }: Variable,
  why: string,
  draft: Draft,
  remarks: Remark[],
): void {
  remarks.push({ file, line, column: 1, text: `${why}: ${name}` })
  const value = isPlainValue(name, text) ? `=${text}` : ` (its value stays in ${file}:${line})`
  draft.leftovers.push(`${why}: ${name}${value}`)
}

/** Nothing is lost in silence: a variable that is named nowhere so far is named at the end. */
function tellOfUnused(all: readonly Variable[], draft: Draft, remarks: Remark[]): void {
  const told = [writeDraft(draft), ...remarks.map(({ text }) => text)].join('\n')
  const words = new Set(told.match(/\w+/g))
  for (const variable of all)
    if (!words.has(variable.name) && !SYSTEM.test(variable.name))
      keep(variable, variable.text === '' ? 'empty' : 'of no use here', draft, remarks)
}

const found = (file: OldFile | undefined): FoundModels =>
  file ? readModels(file.file, file.text) : { models: [], strays: [], diagnostics: [] }

/** Larger ones are no list of models, and would take minutes. */
const MOST_BYTES = 256 * 1024

/** What is wrong with a file before it is looked into. */
function unfit({ file, text }: OldFile): Diagnostic | undefined {
  const place = { severity: 'error', path: '', file, line: 1, column: 1 } as const
  if (Buffer.byteLength(text) > MOST_BYTES)
    return { ...place, code: 'FILE_TOO_LARGE', message: 'the file is larger than 256 KiB' }
  if (text.includes('\uFFFD'))
    return { ...place, code: 'FILE_NOT_UTF8', message: 'the file is not UTF-8 text' }
  return undefined
}

const checksOf = ({ id, keys }: Entry): string[] =>
  [...keys].flatMap(([key, { check }]) => (check === undefined ? [] : `${id}.${key}: ${check}`))

/** What every shell and every Python image sets; `env` of the old container prints them too. */
const SYSTEM =
  /^(PATH|HOME|PWD|OLDPWD|SHLVL|_|HOSTNAME|TERM|LANG|LANGUAGE|TZ|SHELL|LOGNAME|GPG_KEY|LC_[A-Z]+|PYTHON\w*|PIP_\w+|DEBIAN_FRONTEND)$/
