import type { Catalog } from '../catalog.ts'
import { judgeText } from '../check-file.ts'
import type { Diagnostic } from '../topology/topology.ts'
import { isPlainValue } from './comment.ts'
import type { Draft, Entry, Remark } from './draft.ts'
import { joinModels } from './join-models.ts'
import { readListen } from './read-controller.ts'
import { readEnv } from './read-env.ts'
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
  environment: Readonly<Record<string, string | undefined>>,
): ImportResult {
  const remarks: Remark[] = []
  const nothing = { topology: '', recipes: [], hosts: 0, services: 0, remarks, checks: [] }
  const bad = Object.values(files).flatMap((file: OldFile) => unfit(file) ?? [])
  if (bad.length > 0) return { ...nothing, diagnostics: bad }
  const env = files.env
    ? readEnv(files.env.file, files.env.text)
    : { variables: [], diagnostics: [] }
  const models = found(files.models)
  const overrides = found(files.overrides)
  const diagnostics = [...models.diagnostics, ...overrides.diagnostics, ...env.diagnostics]
  if (diagnostics.length > 0) return { ...nothing, diagnostics }

  const variables = createVariables(env.variables, remarks)
  const reader = [...catalog.kinds.values()].find(({ plugin }) => plugin.imports?.recipe)
  const read = reader && readRecipes(reader, joinModels(models.models, overrides.models))
  remarks.push(...(read?.remarks ?? []))
  const disabledWords = variables.take(['DISABLED_SERVICES'])
  const hosts = readHosts(variables)
  const listen = readListen(variables)
  const { services, absent } = readServices(catalog.kinds.values(), {
    ...{ variables, hosts, remarks },
    isSet: (name) => Boolean(environment[name]),
    wanted: new Set(reader && read && read.recipes.length > 0 ? [reader.plugin.kind] : []),
  })
  const strays = [...models.strays, ...overrides.strays]
  for (const { what, place } of strays)
    remarks.push({ ...place, text: `not understood: ${what.split(':')[0]}` })
  const draft: Draft = {
    ...{ listen, hosts: [...hosts.entries], services, disabled: [] },
    leftovers: [
      ...(read?.leftovers ?? []),
      ...strays.map(({ what, place }) => `${place.file}:${place.line} had ${what}`),
      ...absent,
    ],
  }
  if (disabledWords) disable(draft, disabledWords, catalog, remarks)
  for (const { name, text, file, line } of variables.left()) {
    const isOfSystem = SYSTEM.test(name)
    if (!isOfSystem) remarks.push({ file, line, column: 1, text: `not understood: ${name}` })
    const value = isPlainValue(name, text) ? `=${text}` : ` (its value stays in ${file}:${line})`
    if (!isOfSystem) draft.leftovers.push(`not understood: ${name}${value}`)
  }
  const judge = (each: Draft) => judgeText('topology.yaml', writeDraft(each), catalog, environment)
  const { removed, warnings } = settle(draft, judge)
  const checks = [
    ...removed.map((text) => `left out: ${text}`),
    ...warnings.map(({ path, message }) => `${path}: ${message}`),
    ...[draft.listen, ...draft.hosts, ...draft.services].flatMap(checksOf),
  ]
  return {
    ...{ diagnostics, topology: writeDraft(draft), recipes: read?.recipes ?? [], remarks, checks },
    ...{ hosts: draft.hosts.length, services: draft.services.length },
  }
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

function disable(
  draft: Draft,
  { text, file, line }: { text: string; file: string; line: number },
  catalog: Catalog,
  remarks: Remark[],
): void {
  const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, '')
  for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
    const kind = [...catalog.kinds.values()].find(({ plugin: { imports } }) =>
      [imports?.id ?? '', ...(imports?.names ?? [])].some((name) => plain(name) === plain(word)),
    )
    const id = kind?.plugin.imports?.id
    const isThere = draft.services.some((service) => service.id === id)
    if (id !== undefined && isThere) draft.disabled.push(id)
    const tell = (told: string) =>
      remarks.push({ file, line, column: 1, text: `DISABLED_SERVICES: ${told}` })
    if (id === undefined) tell(`no kind is called ${word}`)
    else if (!isThere) tell(`${word} is not in the topology at all`)
  }
  draft.disabled = [...new Set(draft.disabled)]
}
