import type { Host } from '../../hosts/host.ts'
import { script } from '../../hosts/sh.ts'
import { runtimeError } from '../runtime-error.ts'

const TIMEOUT_MS = 20_000

/**
 * Reads names of running containers and the ids of images, in POSIX sh and one round trip. Arguments:
 * docker or podman, then images. Records: STATUS of ps · SAID what it printed · IMAGE and whether it
 * is there · END. Fields of an image: its number, id and date, both as JSON.
 */
const SCRIPT = `# reads running containers and images
LC_ALL=C; export LC_ALL
runtime=$1; shift
said=$("$runtime" ps --format '{{.Names}}' < /dev/null 2>&1)
printf 'STATUS\\t%s\\n' "$?"
printf '%s\\n' "$said" | sed 's/^/SAID\\t/'
number=0
for image in "$@"; do
  printf 'IMAGE\\t%s\\t%s\\n' "$number" "$("$runtime" image inspect --format '{{json .Id}} {{json .Created}}' "$image" < /dev/null 2> /dev/null | head -n 1)"
  number=$((number + 1))
done
printf 'END\\n'
` as const

/** What runs on a host, and which images are there. */
export interface HostLook {
  containers: string[]
  /** By name as it was asked for; null: not there. */
  images: Map<string, { id: string; created_at: string | null } | null>
}

/** Looks at containers and images of a host. Throws CONTAINERS_* and HOST_*. */
export async function readImages(
  host: Host,
  images: readonly string[],
  signal?: AbortSignal,
): Promise<HostLook> {
  const runtime = host.spec.container_runtime
  const { stdout, stderr } = await host.exec(script(SCRIPT, runtime, ...images), {
    ...(signal && { signal }),
    timeoutMs: TIMEOUT_MS,
  })
  const records = stdout.split('\n').map((line) => line.split('\t'))
  const of = (type: string) => records.filter(([first]) => first === type)
  const said = of('SAID').map(([, ...text]) => text.join('\t'))
  if (of('STATUS')[0]?.[1] !== '0' || of('END').length === 0)
    throw runtimeError({ host: host.id, runtime }, said.join('\n').trim() || stderr)
  return {
    containers: said.filter(Boolean),
    images: new Map(of('IMAGE').map(([, n, text]) => [images[Number(n)] ?? '', parse(text ?? '')])),
  }
}

/** Docker writes `sha256:` before an id, podman does not. */
function parse(text: string): { id: string; created_at: string | null } | null {
  const [, id, created = ''] = /^"(?:sha256:)?([0-9a-f]{12})[0-9a-f]*" "([^"]*)"$/.exec(text) ?? []
  if (id === undefined) return null
  const ms = Date.parse(created.replace(/(\.\d{3})\d+/, '$1'))
  return { id, created_at: Number.isNaN(ms) ? null : new Date(ms).toISOString() }
}
