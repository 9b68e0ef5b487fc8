import { type Catalog, CORE_SEGMENTS, doorSegments, loadCatalog } from './catalog.ts'
import { count } from './count.ts'
import { formatDiagnostics } from './topology/format.ts'
import { type KindFacts, loadTopology } from './topology/load.ts'
import { listPluginFolders } from './topology/plugin-folders.ts'
import { readSecretFile } from './topology/read-secret-file.ts'
import type { Diagnostic, Topology } from './topology/topology.ts'

/** What reading a topology needs to know of each kind. */
export const kindFacts = (catalog: Catalog): KindFacts[] =>
  [...catalog.kinds.values()].map(({ plugin }) => ({
    kind: plugin.kind,
    place: plugin.place,
    ...(plugin.defaultPort !== undefined && { defaultPort: plugin.defaultPort }),
    ...(plugin.limits && { limits: plugin.limits }),
    settings: plugin.settings,
    ...(plugin.check && { check: plugin.check as NonNullable<KindFacts['check']> }),
  }))

export interface ReadTopology {
  topology: Topology | null
  diagnostics: Diagnostic[]
  secrets: ReadonlySet<string>
  catalog: Catalog
}

/**
 * Reads a topology file's text with the kinds it can use: the built-in ones and the folders its
 * `plugins` key names, whose code is loaded. Only for files of the owner, see `judgeText`.
 */
export async function readTopologyText(file: string, text: string): Promise<ReadTopology> {
  const surroundings = { env: process.env, readFile: readSecretFile }
  const folders = listPluginFolders(text, file, surroundings)
  const catalog = await loadCatalog(folders)
  const loaded = loadTopology({
    ...surroundings,
    ...factsOf(catalog),
    text,
    file,
    brokenPlugins: catalog.problems.filter(({ folder }) => folders.includes(folder)),
  })
  return { ...loaded, catalog }
}

/**
 * Judges a text somebody sent. Nothing it names is touched: no code is loaded, since the kinds are
 * those in force, and no file is read; what `${file:…}` stands for is taken as given.
 */
export const judgeText = (
  file: string,
  text: string,
  catalog: Catalog,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Diagnostic[] =>
  loadTopology({
    ...factsOf(catalog),
    env,
    readFile: () => 'taken as given',
    text,
    file,
  }).diagnostics

const factsOf = (catalog: Catalog) => ({
  kinds: kindFacts(catalog),
  reservedSegments: [...CORE_SEGMENTS, ...doorSegments(catalog.kinds.values())],
})

/** What `spark-control check --json` prints: for programs, one line. */
export interface CheckReport {
  is_valid: boolean
  diagnostics: Diagnostic[]
}

/** What `spark-control check` prints. */
export async function checkFile(
  file: string,
  text: string,
  asJson = false,
): Promise<{ text: string; isValid: boolean }> {
  const { topology, diagnostics } = await readTopologyText(file, text)
  if (asJson) {
    const report: CheckReport = { is_valid: topology !== null, diagnostics }
    return { text: `${JSON.stringify(report)}\n`, isValid: report.is_valid }
  }
  const report = formatDiagnostics(diagnostics)
  if (!topology) return { text: report, isValid: false }
  const services = Object.keys(topology.services).length
  const hosts = Object.keys(topology.hosts).length
  return {
    text: `${report}${file}: fine (${count(hosts, 'host')}, ${count(services, 'service')})\n`,
    isValid: true,
  }
}
