import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isScalar, isSeq, parseDocument } from 'yaml'
import { type Catalog, doorSegments, loadCatalog } from './catalog.ts'
import { formatDiagnostics } from './topology/format.ts'
import { type KindFacts, loadTopology } from './topology/load.ts'
import type { Diagnostic, Topology } from './topology/topology.ts'

/** First segments under /api that are the core's own, so no service may have them as its id. */
export const CORE_SEGMENTS = [
  'audit',
  'connectivity',
  'coordination',
  'events',
  'hosts',
  'jobs',
  'openapi.json',
  'sandbox',
  'services',
  'topology',
]

/** What reading a topology needs to know of each kind. */
export const kindFacts = (catalog: Catalog): KindFacts[] =>
  [...catalog.kinds.values()].map(({ plugin }) => ({
    kind: plugin.kind,
    place: plugin.place,
    ...(plugin.defaultPort !== undefined && { defaultPort: plugin.defaultPort }),
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
 * Reads a topology text with the kinds it can use: the built-in ones and the folders its `plugins`
 * key names. A folder that cannot be loaded is a mistake of the file.
 */
export async function readTopologyText(file: string, text: string): Promise<ReadTopology> {
  const folders = listPlugins(text).map((folder) => resolve(dirname(file), folder))
  const catalog = await loadCatalog(folders)
  const loaded = loadTopology({
    text,
    file,
    kinds: kindFacts(catalog),
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    reservedSegments: [...CORE_SEGMENTS, ...doorSegments(catalog.kinds.values())],
  })
  const broken = catalog.problems.map(
    ({ folder, message }): Diagnostic => ({
      severity: folders.includes(folder) ? 'error' : 'warning',
      code: 'PLUGIN_BROKEN',
      file,
      line: 1,
      column: 1,
      path: 'plugins',
      message: `${folder}: ${message}`,
    }),
  )
  return {
    topology: broken.some(({ severity }) => severity === 'error') ? null : loaded.topology,
    diagnostics: [...loaded.diagnostics, ...broken],
    secrets: loaded.secrets,
    catalog,
  }
}

/** What `spark-control check` prints. */
export async function checkFile(
  file: string,
  text: string,
): Promise<{ text: string; isValid: boolean }> {
  const { topology, diagnostics } = await readTopologyText(file, text)
  const report = formatDiagnostics(diagnostics)
  if (!topology) return { text: report, isValid: false }
  const services = Object.keys(topology.services).length
  const hosts = Object.keys(topology.hosts).length
  return {
    text: `${report}${file}: fine (${hosts} hosts, ${services} services)\n`,
    isValid: true,
  }
}

/** The folders under `plugins:`, read before the rest can be checked, since kinds come from there. */
function listPlugins(text: string): string[] {
  if (text.length > 1024 ** 2) return []
  const node = parseDocument(text, { logLevel: 'silent' }).get('plugins')
  if (!isSeq(node)) return []
  return node.items.flatMap((item) =>
    isScalar(item) && typeof item.value === 'string' ? [item.value] : [],
  )
}
