import { type Host, script } from '#core'
import { type HubFile, readTree } from './hub-info.ts'

/** What lies of one model in a hub folder while it comes in. */
export interface Arrived {
  /** refs/<revision>. */
  sha: string | null
  /** trees/<sha>.json, where the hub writes it. */
  tree: HubFile[]
  /** Whole blobs by name. */
  blobs: Map<string, number>
  /** Bytes of blobs still being written, by the blob's name. */
  parts: Map<string, number>
  /** Files of the revision's snapshot whose link resolves, by path. */
  files: Map<string, number>
  /** The blob each of them leads to. */
  blobOf: Map<string, string>
}

const LOOK_SCRIPT = `# looks at what has come in
LC_ALL=C
export LC_ALL
tab=$(printf '\\t')
root=$1/$2
sha=$3
[ -n "$4" ] && [ -r "$root/refs/$4" ] && read -r sha < "$root/refs/$4"
case $sha in *[!0-9a-f]*) sha= ;; esac
printf 'SHA\\t%s\\n' "$sha"
for blobs in "$root/blobs" "$1/.incoming-$2/$2/blobs"; do
  [ ! -d "$blobs" ] || find "$blobs" -type f -exec stat -c "B$tab%s$tab%b$tab%n" {} + 2> /dev/null
done
if [ -n "$sha" ]; then
  if cd "$root/snapshots/$sha" 2> /dev/null; then
    find -L . -type f -exec stat -L -c "F$tab%s$tab%n" {} + 2> /dev/null
    find . -type l -exec sh -c 'for link; do printf "T\\t%s\\t%s\\n" "$(readlink "$link")" "$link"; done' sh {} + 2> /dev/null
  fi
  [ ! -r "$root/trees/$sha.json" ] || sed 's/^/|/' "$root/trees/$sha.json"
fi
printf '\\nEND\\n'
` as const

/** Looks at a model that comes in; one round trip. `revision` names a ref, `sha` counts without. */
export async function lookAtArrived(
  host: Host,
  at: { hub: string; name: string; sha: string | null; revision: string | null },
  signal: AbortSignal,
): Promise<Arrived> {
  const words = [at.hub, at.name, at.sha ?? '', at.revision ?? ''] as const
  const { stdout } = await host.run(script(LOOK_SCRIPT, ...words), {
    signal,
    maxOutputBytes: 16 * 2 ** 20,
  })
  return parseArrived(stdout)
}

/** hub: `<blob>.incomplete`, `<blob>.<8 hex>.incomplete`; rsync: `.<blob>.<6 signs>`. */
const PART = /^(?:([0-9a-f]+)(?:\.[0-9a-f]{8})?\.incomplete|\.([0-9a-f]+)\.\w{6})$/

/** Turns the records of the script into values. */
export function parseArrived(text: string): Arrived {
  const arrived: Arrived = {
    sha: null,
    tree: [],
    blobs: new Map(),
    parts: new Map(),
    files: new Map(),
    blobOf: new Map(),
  }
  const tree: string[] = []
  for (const line of text.split('\n')) {
    const [type, first = '', second = '', ...rest] = line.split('\t')
    if (line.startsWith('|')) tree.push(line.slice(1))
    else if (type === 'SHA') arrived.sha = first || null
    else if (type === 'F') arrived.files.set(below(second, rest), Number(first))
    else if (type === 'T') {
      arrived.blobOf.set(below(second, rest), first.slice(first.lastIndexOf('/') + 1))
    } else if (type === 'B') {
      const path = rest.join('\t')
      addBlob(arrived, path.slice(path.lastIndexOf('/') + 1), Number(first), Number(second))
    }
  }
  if (tree.length > 0) arrived.tree = readTree(tree.join('\n'))
  return arrived
}

/** The path behind `./`, tabs and all. */
const below = (first: string, rest: string[]): string => [first, ...rest].join('\t').slice(2)

function addBlob({ blobs, parts }: Arrived, name: string, sizeBytes: number, blocks: number): void {
  const part = PART.exec(name)
  const blob = part?.[1] ?? part?.[2]
  if (blob === undefined) return void blobs.set(name, sizeBytes)
  // one that was given its full length first has come as far as its blocks; a simulated one has none
  const bytes = blocks > 0 ? Math.min(sizeBytes, blocks * 512) : sizeBytes
  parts.set(blob, Math.max(parts.get(blob) ?? 0, bytes))
}

/** How far one file is. */
export interface FileProgress {
  path: string
  sizeBytes: number
  doneBytes: number
}

/** How far each expected file is, by what lies in the cache. */
export const progressOf = (expected: readonly HubFile[], arrived: Arrived): FileProgress[] =>
  expected.map(({ path, sizeBytes, blob }) => ({
    path,
    sizeBytes,
    doneBytes:
      arrived.files.get(path) === sizeBytes || arrived.blobs.get(blob) === sizeBytes
        ? sizeBytes
        : Math.min(sizeBytes, arrived.parts.get(blob) ?? 0),
  }))

/** The files that are not there as they should be. */
export const missingFiles = (expected: readonly HubFile[], arrived: Arrived): string[] =>
  expected
    .filter(({ path, sizeBytes }) => arrived.files.get(path) !== sizeBytes)
    .map(({ path }) => path)

const HALF_LIFE_S = 15

/** Bytes per second, the recent ones counting most; null until there are two looks. */
export function createSpeedometer() {
  let last: { bytes: number; atMs: number } | undefined
  let speed: number | null = null
  return (bytes: number, atMs: number): number | null => {
    if (last && atMs > last.atMs && bytes >= last.bytes) {
      const seconds = (atMs - last.atMs) / 1000
      const now = (bytes - last.bytes) / seconds
      // until the first byte comes there is nothing to measure
      if (speed === null && now === 0) {
        last = { bytes, atMs }
        return null
      }
      const keep = 0.5 ** (seconds / HALF_LIFE_S)
      speed = speed === null ? now : speed * keep + now * (1 - keep)
    }
    last = { bytes, atMs }
    return speed
  }
}

const SWEEP_SCRIPT = `# removes what a cut-off transfer left
case $2 in models--*) ;; *) exit 64 ;; esac
find "$1/$2/blobs" -type f \\( -name '*.incomplete' -o -name '.*' \\) -exec rm -f {} + 2> /dev/null
rm -rf "$1/.incoming-$2"
# folders without a single file are no model
[ -d "$1/$2" ] && [ -z "$(find "$1/$2/blobs" "$1/$2/snapshots" -type f 2> /dev/null)" ] &&
  rm -rf "$1/$2" "$1/.locks/$2"
exit 0
` as const

/** Removes partial files, which current hubs do not take up again; whole ones stay. */
export async function sweep(host: Host, hub: string, name: string): Promise<void> {
  await host.run(script(SWEEP_SCRIPT, hub, name))
}
