import { basename } from 'node:path'
import { buildTopology } from './build.ts'
import { checkByKind, checkReferences } from './check.ts'
import { decodeTopology } from './decode.ts'
import { diagnose } from './diagnose.ts'
import { type Interpolated, interpolate, type Surroundings } from './interpolate.ts'
import type { KindFacts } from './kind-facts.ts'
import { createMistakeList, type Mistake, type MistakeList } from './mistakes.ts'
import { type ParsedYaml, parseYaml } from './parse-yaml.ts'
import { under } from './pointer.ts'
import { readDraft } from './read-draft.ts'
import { collectSecrets, secretsByName, secretsByPlace } from './secrets.ts'
import type { Diagnostic, Topology } from './topology.ts'

export type { KindFacts } from './kind-facts.ts'

/** The file, the kinds there are, and where placeholders take their values from. */
export interface LoadOptions extends Surroundings {
  /** The file's content; bytes are checked to be UTF-8. */
  text: string | Uint8Array
  /** Its path, for diagnostics and for folders that are relative to it. */
  file: string
  kinds: readonly KindFacts[]
  /** First segments under /api that are taken, so that no service can be called so. */
  reservedSegments: readonly string[]
  /** Folders of `plugins` that could not be loaded, absolute, with the reason. */
  brokenPlugins?: readonly { folder: string; message: string }[]
}

/** What came of reading a file. */
export interface LoadedTopology {
  /** Null when there is at least one error. */
  topology: Topology | null
  /** Every mistake and warning, at most one a path, in the order of the file. */
  diagnostics: Diagnostic[]
  /** Texts that must never be logged or returned. */
  secrets: ReadonlySet<string>
}

/** Reads a topology: all mistakes at once, each placed. Pure but for `readFile`. */
export function loadTopology(options: LoadOptions): LoadedTopology {
  const mistakes = createMistakeList()
  const decoded = decodeTopology(options.text)
  if ('mistake' in decoded) {
    mistakes.add(decoded.mistake)
    return finish(options.file, '', { mistakes })
  }
  const { text } = decoded
  const parsed = parseYaml(text, mistakes)
  if (!parsed) return finish(options.file, text, { mistakes })
  return finish(options.file, text, readTree(parsed, mistakes, options))
}

/** Also what is not sound yet must not be shown. */
const hiddenIn = (tree: unknown, secrets: ReadonlySet<string>): ReadonlySet<string> =>
  secrets.union(secretsByName(tree)).union(secretsByPlace(tree))

interface Read {
  mistakes: MistakeList
  places?: ParsedYaml['places']
  topology?: Topology
  secrets?: ReadonlySet<string>
  /** Further texts that a diagnostic must not show. */
  hidden?: ReadonlySet<string>
}

function readTree(parsed: ParsedYaml, mistakes: MistakeList, options: LoadOptions): Read {
  const { places } = parsed
  const { value, resolved }: Interpolated = interpolate(parsed.value, options, mistakes)
  const broken = options.brokenPlugins ?? []
  const brokenKinds = new Set(broken.map(({ folder }) => basename(folder)))
  const reading = { mistakes, places, resolved, brokenKinds }
  const draft = readDraft(value, options.kinds, reading)
  checkReferences(draft, reading, new Set(options.reservedSegments))
  const topology = buildTopology(draft, options.file)
  for (const { folder, message } of broken)
    mistakes.add({
      at: under('/plugins', topology.plugins.indexOf(folder)),
      code: 'PLUGIN_BROKEN',
      message: `cannot be loaded: ${message}`,
    })
  for (const service of draft.services)
    if (service.isSound && !mistakes.hasWithin(service.at)) checkByKind(service, topology, reading)
  const secrets = collectSecrets(draft, reading)
  return { mistakes, places, topology, secrets, hidden: hiddenIn(value, secrets) }
}

function finish(file: string, text: string, read: Read): LoadedTopology {
  const { mistakes, topology, places = new Map(), secrets = new Set(), hidden = secrets } = read
  const all = mistakes.isFull ? [...mistakes.all(), MORE] : mistakes.all()
  const diagnostics = diagnose(all, { file, text, places, secrets: hidden })
  const hasError = diagnostics.some(({ severity }) => severity === 'error')
  return { topology: hasError || !topology ? null : topology, diagnostics, secrets }
}

const MORE: Mistake = {
  at: '',
  offset: 0,
  code: 'TOO_MANY_MISTAKES',
  message: 'there are more mistakes than are listed here',
  hint: 'mend these first',
}
