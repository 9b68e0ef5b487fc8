/** A file as stat shows it; for a link, the file it leads to. */
export interface SeenFile {
  sizeBytes: number
  modifiedAtS: number
}

/** Everything below one `models--X` folder, or in one plain folder. */
export interface SeenFolder {
  /** `models--Qwen--Qwen3-8B`, or the plain folder's absolute path. */
  name: string
  isPlain: boolean
  /** refs/main. */
  mainCommit?: string
  /** Regular files by path below the folder. */
  files: Map<string, SeenFile & { accessedAtS: number }>
  /** Links that lead to a file, by path below the folder. */
  links: Map<string, SeenFile>
  /** Links that lead nowhere. */
  dangling: Set<string>
  /** Content of small files by path below the folder. */
  contents: Map<string, string>
  /** Shards an index speaks of, by the index's path. */
  shards: Map<string, Set<string>>
  /** Chat template markers by snapshot path (`snapshots/<commit>`, or '' in a plain folder). */
  markers: Map<string, Set<string>>
}

/** One host's disk as the scan script saw it. */
export interface SeenDisk {
  hostNowS: number
  memoryBytes: number | null
  /** Sum over GPUs; null where nvidia-smi says [N/A] or is absent (unified memory). */
  gpuMemoryBytes: number | null
  /** GPUs with memory of their own. */
  gpuCount: number
  hub: { path: string; source: string } | null
  hubMissing: { path: string; reason: 'missing' | 'unreadable' } | null
  disk: { totalBytes: number; freeBytes: number } | null
  folders: Map<string, SeenFolder>
}

/** Turns the records of scan.sh into values; undefined when the output is not whole. */
export function parseScan(text: string): SeenDisk | undefined {
  const seen: SeenDisk = {
    hostNowS: 0,
    memoryBytes: null,
    gpuMemoryBytes: null,
    gpuCount: 0,
    hub: null,
    hubMissing: null,
    disk: null,
    folders: new Map(),
  }
  const plain = new Set<string>()
  const contents = new Map<string, string[]>()
  let current: string[] | undefined
  let isWhole = false
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      current?.push(line.slice(1))
      continue
    }
    current = undefined
    if (line.startsWith('J\t')) {
      current = []
      contents.set(line.slice(2), current)
    } else if (line.startsWith('LOCAL\t')) plain.add(line.slice(6))
    else if (line === 'END') isWhole = true
    else readRecord(seen, plain, line.split('\t'))
  }
  for (const [path, lines] of contents) {
    const place = placeOf(seen, plain, path)
    place?.folder.contents.set(place.rest, lines.join('\n'))
  }
  return isWhole ? seen : undefined
}

function readRecord(seen: SeenDisk, plain: ReadonlySet<string>, fields: string[]): void {
  const [type, first = '', second = ''] = fields
  const tail = (from: number) => fields.slice(from).join('\t')
  switch (type) {
    case 'NOW':
      seen.hostNowS = Number(first) || 0
      return
    case 'MEM':
      seen.memoryBytes = Number(first) > 0 ? Number(first) * 1024 : null
      return
    case 'GPU': {
      // "[N/A]" on machines where the GPU shares the memory
      if (!(Number(first) > 0)) return
      seen.gpuMemoryBytes = (seen.gpuMemoryBytes ?? 0) + Number(first) * 2 ** 20
      seen.gpuCount++
      return
    }
    case 'HUB':
      seen.hub = { source: first, path: tail(2) }
      return
    case 'NOHUB':
      seen.hubMissing = { reason: first === 'missing' ? 'missing' : 'unreadable', path: tail(2) }
      return
    case 'DISK':
      seen.disk = { totalBytes: Number(first) * 1024, freeBytes: Number(second) * 1024 }
      return
    case 'REF': {
      const place = placeOf(seen, plain, `${first}/refs/main`)
      if (place && second) place.folder.mainCommit = second
      return
    }
    default:
      readFile(seen, plain, fields, tail)
  }
}

function readFile(
  seen: SeenDisk,
  plain: ReadonlySet<string>,
  [type, first = '', second = '', third = '']: string[],
  tail: (from: number) => string,
): void {
  const place = (path: string) => placeOf(seen, plain, path)
  if (type === 'F') {
    const at = place(tail(4))
    at?.folder.files.set(at.rest, {
      sizeBytes: Number(first),
      modifiedAtS: Number(second),
      accessedAtS: Number(third),
    })
  } else if (type === 'K') {
    const at = place(tail(1))
    at?.folder.dangling.add(at.rest)
  } else if (type === 'L') {
    const at = place(tail(3))
    at?.folder.dangling.delete(at.rest)
    at?.folder.links.set(at.rest, { sizeBytes: Number(first), modifiedAtS: Number(second) })
  } else if (type === 'I') {
    const at = place(first)
    if (at) add(at.folder.shards, at.rest, tail(2))
  } else if (type === 'T') {
    const at = place(first)
    if (at) add(at.folder.markers, at.rest.split('/').slice(0, -1).join('/'), second)
  }
}

/** The folder a path lies in, created when it is the first of it, and the path below it. */
function placeOf(
  seen: SeenDisk,
  plain: ReadonlySet<string>,
  path: string,
): { folder: SeenFolder; rest: string } | undefined {
  const isPlain = !path.startsWith('./models--')
  const end = isPlain ? path.lastIndexOf('/') : path.indexOf('/', 2)
  const root = path.slice(isPlain ? 0 : 2, end === -1 ? undefined : end)
  // of plain folders the files right in them are listed
  if (isPlain && !plain.has(root)) return undefined
  const folder = seen.folders.get(root) ?? emptyFolder(root, isPlain)
  seen.folders.set(root, folder)
  return { folder, rest: path.slice(root.length + (isPlain ? 1 : 3)) }
}

const emptyFolder = (name: string, isPlain: boolean): SeenFolder => ({
  name,
  isPlain,
  files: new Map(),
  links: new Map(),
  dangling: new Set(),
  contents: new Map(),
  shards: new Map(),
  markers: new Map(),
})

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set) set.add(value)
  else sets.set(key, new Set([value]))
}
