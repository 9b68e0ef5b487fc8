import { readTree } from '../download/hub-info.ts'
import { FOLDER, isRepo, keyOf } from '../recipe/patterns.ts'
import type { DiskState } from '../views.ts'
import { type Adapter, readAdapter } from './adapter.ts'
import { missingNumbers } from './numbered-weights.ts'
import type { SeenDisk, SeenFile, SeenFolder } from './scan-records.ts'

/** A file still being written changes within this many seconds; older leftovers are dead. */
const DOWNLOAD_FRESH_S = 120
const FOLDER_PATTERN = new RegExp(FOLDER)

/** One model on one disk, judged. */
export interface JudgedModel {
  key: string
  repo: string
  source: 'hf-cache' | 'local'
  /** Where a plain model lies; absent for the HF cache. */
  path?: string
  /** Set for a LoRA adapter whose base is named. */
  adapter?: Adapter
  revision: string | null
  state: DiskState
  reason?: string
  sizeBytes: number
  weightBytes: number
  lastUsedAtS: number | null
  /** Text of config.json and hf_quant_config.json of this revision, when the scan sent them. */
  config?: string
  quantConfig?: string
  /** What the chat template speaks, when the scan looked. */
  markers?: string[]
  /** Beside it lies what sentence-transformers needs. */
  isPooled: boolean
  /** Shards the index speaks of, when the scan looked. */
  shards?: string[]
  /** File list of trees/<commit>.json, when the scan sent it. */
  tree?: Record<string, number>
}

/** What an earlier scan learnt about a revision whose small files were not sent again. */
export type Remembered = Pick<JudgedModel, 'shards' | 'tree'>

/**
 * Judges every folder of a disk: complete iff the main revision's config.json resolves, no link
 * dangles, every shard of the index is there, and trees/<commit>.json (if any) agrees.
 */
export function judgeDisk(
  disk: SeenDisk,
  remembered: (folder: string, revision: string) => Remembered | undefined,
): { models: JudgedModel[]; ignored: string[] } {
  const models: JudgedModel[] = []
  const ignored: string[] = []
  for (const folder of disk.folders.values()) {
    const repo = repoOf(folder)
    if (!isRepo(repo) || (folder.isPlain && !FOLDER_PATTERN.test(folder.name)))
      ignored.push(folder.name)
    else models.push(judgeFolder(folder, repo, disk.hostNowS, remembered))
  }
  return { models, ignored }
}

function repoOf(folder: SeenFolder): string {
  if (folder.isPlain) return folder.name.slice(folder.name.lastIndexOf('/') + 1)
  return folder.name.slice('models--'.length).replaceAll('--', '/')
}

function judgeFolder(
  folder: SeenFolder,
  repo: string,
  nowS: number,
  remembered: (folder: string, revision: string) => Remembered | undefined,
): JudgedModel {
  const revision = folder.isPlain ? '' : mainRevision(folder)
  const root = folder.isPlain ? '' : `snapshots/${revision}`
  const files = revision === undefined ? new Map<string, SeenFile>() : filesBelow(folder, root)
  const known = revision === undefined ? undefined : remembered(folder.name, revision)
  const below = (name: string) => (root ? `${root}/${name}` : name)
  const config = folder.contents.get(below('config.json'))
  const quantConfig = folder.contents.get(below('hf_quant_config.json'))
  const markers = listOf(folder.markers.get(root))
  const shards = listOf(folder.shards.get(below('model.safetensors.index.json'))) ?? known?.shards
  const adapter = files.has('config.json')
    ? undefined
    : readAdapter(folder.contents.get(below('adapter_config.json')))
  const tree = parseTree(folder.contents.get(`trees/${revision}.json`)) ?? known?.tree
  const weights = [...files].filter(([name]) => isTopWeight(name))
  const verdict = judge({
    files,
    dangling: [...folder.dangling]
      .filter((path) => path.startsWith(root ? `${root}/` : ''))
      .map((path) => path.slice(root ? root.length + 1 : 0)),
    hasRevision: revision !== undefined,
    isFresh: hasFreshDownload(folder, nowS),
    shards,
    tree,
    isAdapter: adapter !== undefined,
  })
  return {
    key: keyOf(repo),
    repo,
    source: folder.isPlain ? 'local' : 'hf-cache',
    ...(folder.isPlain && { path: folder.name }),
    ...(adapter && { adapter }),
    revision: revision || null,
    ...verdict,
    sizeBytes: sizeOf(folder),
    weightBytes: weights.reduce((sum, [, file]) => sum + file.sizeBytes, 0),
    lastUsedAtS: lastUsed(folder),
    isPooled: [...files.keys()].some((name) => /^(modules\.json$|1_Pooling\/)/.test(name)),
    ...(config !== undefined && { config }),
    ...(quantConfig !== undefined && { quantConfig }),
    ...(markers && { markers }),
    ...(shards && { shards }),
    ...(tree && { tree }),
  }
}

const listOf = (set: Set<string> | undefined): string[] | undefined => set && [...set]

interface Evidence {
  files: Map<string, SeenFile>
  dangling: string[]
  hasRevision: boolean
  isFresh: boolean
  shards: string[] | undefined
  tree: Record<string, number> | undefined
  /** An adapter has no config.json of its own. */
  isAdapter: boolean
}

function judge(evidence: Evidence): { state: DiskState; reason?: string } {
  const missing = whatIsMissing(evidence)
  if (missing === undefined) return { state: 'ready' }
  if (evidence.isFresh) return { state: 'downloading', reason: 'is being downloaded' }
  const foreign = foreignFormat(evidence)
  if (foreign) return { state: 'unsupported', reason: foreign }
  return { state: 'partial', reason: missing }
}

function whatIsMissing({
  files,
  dangling,
  hasRevision,
  isFresh,
  shards,
  tree,
  isAdapter,
}: Evidence) {
  if (!hasRevision) return 'no revision is on the disk'
  if (!isAdapter && !files.has('config.json')) return 'config.json is missing'
  const [broken] = dangling
  if (broken !== undefined) return `${broken} leads nowhere (of ${dangling.length} such)`
  const weights = [...files.keys()].filter(isTopWeight)
  const absent = (shards ?? []).filter((name) => !files.has(name))
  if (absent.length > 0) return `${absent.length} of ${shards?.length} weight files are missing`
  if (weights.length === 0) return 'no weights are on the disk'
  const numbered = missingNumbers(weights)
  if (numbered) return numbered
  const wrong = treeMistake(files, tree)
  if (wrong) return wrong
  // without a list of what belongs to it, a folder that is being written is not whole yet
  if (isFresh && !shards && !tree) return 'is being downloaded'
  return undefined
}

function treeMistake(files: Map<string, SeenFile>, tree: Record<string, number> | undefined) {
  for (const [name, sizeBytes] of Object.entries(tree ?? {})) {
    if (!isTopWeight(name)) continue
    const file = files.get(name)
    if (!file) return `${name} is missing`
    if (file.sizeBytes !== sizeBytes) return `${name} has ${file.sizeBytes} of ${sizeBytes} bytes`
  }
  return undefined
}

/** Why these files are no model vLLM loads, however complete they are. */
function foreignFormat({ files, dangling, tree }: Evidence): string | undefined {
  const names = [...files.keys(), ...dangling, ...Object.keys(tree ?? {})]
  if (names.some((name) => name.endsWith('.safetensors') && !name.includes('/'))) {
    if (!names.includes('adapter_config.json') || names.includes('config.json')) return undefined
    return 'is a LoRA adapter, not a whole model'
  }
  if (names.some((name) => name.endsWith('.gguf'))) return 'has GGUF weights only'
  if (names.includes('model_index.json')) return 'is a pipeline for pictures, not a language model'
  const other = names.find((name) => /\.(bin|pt|pth|onnx|ckpt|nemo|msgpack|h5)$/.test(name))
  if (other) return `has no safetensors weights (${other})`
  return undefined
}

const isTopWeight = (name: string): boolean =>
  name.endsWith('.safetensors') && !name.includes('/') && !name.startsWith('consolidated')

/** refs/main where its snapshot exists, else the snapshot written last. */
function mainRevision(folder: SeenFolder): string | undefined {
  const newest = new Map<string, number>()
  for (const [path, file] of [...folder.files, ...folder.links]) {
    const [top, revision, name] = path.split('/')
    if (top !== 'snapshots' || revision === undefined || name === undefined) continue
    newest.set(revision, Math.max(newest.get(revision) ?? 0, file.modifiedAtS))
  }
  for (const path of folder.dangling) {
    const [top, revision] = path.split('/')
    if (top === 'snapshots' && revision && !newest.has(revision)) newest.set(revision, 0)
  }
  if (folder.mainCommit !== undefined && newest.has(folder.mainCommit)) return folder.mainCommit
  return [...newest].sort((a, b) => b[1] - a[1])[0]?.[0]
}

function filesBelow(folder: SeenFolder, root: string): Map<string, SeenFile> {
  const prefix = root ? `${root}/` : ''
  const files = new Map<string, SeenFile>()
  for (const [path, file] of [...folder.files, ...folder.links]) {
    if (path.startsWith(prefix)) files.set(path.slice(prefix.length), file)
  }
  return files
}

/** hub writes `<etag>.incomplete` or `<etag>.<8 hex>.incomplete`; plain folders have .cache. */
function hasFreshDownload(folder: SeenFolder, nowS: number): boolean {
  return [...folder.files].some(
    ([path, file]) => path.endsWith('.incomplete') && nowS - file.modifiedAtS < DOWNLOAD_FRESH_S,
  )
}

function sizeOf(folder: SeenFolder): number {
  let sum = 0
  for (const [path, file] of folder.files) {
    if (folder.isPlain || /^(blobs|snapshots)\//.test(path)) sum += file.sizeBytes
  }
  return sum
}

function lastUsed(folder: SeenFolder): number | null {
  let last = 0
  for (const [path, file] of folder.files) {
    if (folder.isPlain || /^(blobs|snapshots)\//.test(path)) last = Math.max(last, file.accessedAtS)
  }
  return last || null
}

/** A tree being written is no evidence either way. */
function parseTree(text: string | undefined): Record<string, number> | undefined {
  const files = text === undefined ? [] : readTree(text)
  if (files.length === 0) return undefined
  return Object.fromEntries(files.map(({ path, sizeBytes }) => [path, sizeBytes]))
}
