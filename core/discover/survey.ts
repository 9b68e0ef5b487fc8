import { type Command, script } from '../hosts/sh.ts'

/** What runs on a machine, as far as its login user may see. */
export interface Survey {
  containers: { name: string; image: string }[]
  /** `docker` or `podman`; null: neither is there. */
  runtime: 'docker' | 'podman' | null
  /** What the runtime said instead of a list. */
  runtimeTrouble: string | null
  /** TCP ports that are listened on, lowest first; `isOpen`: to other machines too. */
  ports: { port: number; isOpen: boolean }[]
  /** Names in the home folder. */
  home: string[]
}

/**
 * Lists containers, listening ports and the home folder, in POSIX sh. /proc/net/tcp is there without
 * any program and for every user. Each part begins with a line `=name`.
 */
const SCRIPT = `# lists containers, ports and the home folder
LC_ALL=C; export LC_ALL
proc=\${SPARK_PROC:-/proc}
limit() { if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
for runtime in docker podman
do
  command -v "$runtime" >/dev/null 2>&1 || continue
  echo "=runtime $runtime"
  limit "$runtime" ps --format '{{.Names}}|{{.Image}}' 2>&1 || echo "=trouble $?"
  break
done
# 0A is LISTEN; a busy machine has thousands of other lines
echo =ports; grep -h ' 0A ' "$proc/net/tcp" "$proc/net/tcp6" 2>/dev/null
echo =home; ls -1 "$HOME" 2>/dev/null | head -n 500
echo =end
`

/** The one command of a survey. */
export const surveyCommand = (): Command => script(SCRIPT)

/** What the survey's output says. */
export function parseSurvey(text: string): Survey {
  const parts = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('=')) {
      lines = []
      parts.set(line.slice(1), lines)
    } else if (line !== '') lines.push(line)
  }
  const [name, said = []] = [...parts].find(([key]) => key.startsWith('runtime ')) ?? []
  const isTrouble = [...parts.keys()].some((key) => key.startsWith('trouble '))
  const runtime = name?.slice('runtime '.length)
  return {
    containers: isTrouble ? [] : said.flatMap(parseContainer),
    runtime: runtime === 'docker' || runtime === 'podman' ? runtime : null,
    runtimeTrouble: isTrouble ? (said.at(-1) ?? 'it did not answer') : null,
    ports: parsePorts(parts.get('ports') ?? []),
    home: parts.get('home') ?? [],
  }
}

function parseContainer(line: string): Survey['containers'] {
  const [, name, image] = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})\|(\S+)$/.exec(line) ?? []
  return name && image ? [{ name, image }] : []
}

/** Lines of /proc/net/tcp: `0: 0100007F:1F90 00000000:0000 0A …`, where 0A is LISTEN. */
function parsePorts(lines: readonly string[]): Survey['ports'] {
  const open = new Map<number, boolean>()
  for (const line of lines) {
    const [, address = '', port = ''] =
      /^\s*\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /.exec(line) ?? []
    if (port === '') continue
    const number = Number.parseInt(port, 16)
    open.set(number, open.get(number) === true || !isLoopback(address))
  }
  return [...open].map(([port, isOpen]) => ({ port, isOpen })).sort((a, b) => a.port - b.port)
}

/** In the byte order of the machine: little-endian on everything vLLM runs on. */
const isLoopback = (address: string): boolean =>
  address.endsWith('7F') && address.length === 8
    ? true
    : /^0{24}01000000$|^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address)
