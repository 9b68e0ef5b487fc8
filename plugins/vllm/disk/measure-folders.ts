import { createHash } from 'node:crypto'
import { type Host, script } from '#core'

/** What lies below some paths of one host, as one look found it. */
export interface Measured {
  /** Which of the paths exist. */
  present: string[]
  files: number
  sizeBytes: number
  /** Some folder in it belongs to somebody else (root, when a container wrote it), so `rm` fails. */
  isForeign: boolean
  /** A download wrote into it within the last two minutes. */
  isWriting: boolean
  /** The same on two hosts when both see one disk (NFS): inodes and change times cannot be copied. */
  fingerprint: string
}

const MEASURE_SCRIPT = `# measures folders
LC_ALL=C
export LC_ALL
tab=$(printf '\\t')
# find -exec wants a folder it can come back to, and a login may begin in one it cannot read
cd /
me=$(id -u)
for path in "$@"; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  printf 'HERE\\t%s\\n' "$path"
  if [ "$me" != 0 ]; then
    [ -w "\${path%/*}" ] || printf 'FOREIGN\\n'
    [ -z "$(find "$path" -type d ! -user "$me" 2> /dev/null)" ] || printf 'FOREIGN\\n'
  fi
  [ -z "$(find "$path" -name '*.incomplete' -mmin -2 2> /dev/null)" ] || printf 'WRITING\\n'
  find "$path" -type f -exec stat -c "F$tab%i$tab%s$tab%Y$tab%Z" {} + 2> /dev/null
done
printf 'END\\n'
`

/** Measures paths on a host in one round trip. Throws HOST_* when the host cannot be asked. */
export async function measureFolders(
  host: Host,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Measured> {
  const { stdout } = await host.run(script(MEASURE_SCRIPT, ...paths), {
    timeoutMs: 60_000,
    maxOutputBytes: 32 * 2 ** 20,
    ...(signal && { signal }),
  })
  return parseMeasured(stdout)
}

/** Turns the records of the script into figures. */
function parseMeasured(text: string): Measured {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const files = lines.filter(([type]) => type === 'F')
  const is = (word: string) => lines.some(([type]) => type === word)
  return {
    present: lines.flatMap(([type, ...rest]) => (type === 'HERE' ? [rest.join('\t')] : [])),
    files: files.length,
    sizeBytes: files.reduce((sum, [, , size]) => sum + Number(size), 0),
    isForeign: is('FOREIGN'),
    isWriting: is('WRITING'),
    fingerprint: createHash('sha256')
      .update(
        files
          .map((fields) => fields.join(' '))
          .sort()
          .join('\n'),
      )
      .digest('hex'),
  }
}
