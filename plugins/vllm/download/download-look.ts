import { type Host, sh } from '#core'
import { FIND_HUB } from '../disk/hub-script.ts'
import type { HubAnswer } from './hub-info.ts'

/** What downloads with on a host. */
export type Tool = 'hf' | 'uvx' | 'huggingface-cli' | 'container'

/** One host before a download, as a look found it. */
export interface DownloadLook {
  hub: string
  /** The login user may write there. */
  isWritable: boolean
  freeBytes: number | null
  /** Whole files of this model that are there already. */
  haveBytes: number
  tool: Tool | null
  hasRsync: boolean
  /** Numbers of the login user, for a container that writes as him. */
  owner: string
  /** Folder the work's files lie in. */
  workFolder: string
  /** A token is known: ours, or the host's own. */
  hasToken: boolean
  /** The hub's description of the repository; absent where the host has no curl. */
  answer?: HubAnswer
}

const LOOK_SCRIPT = `# looks before a download
LC_ALL=C
export LC_ALL
PATH=$HOME/.local/bin:$PATH
given=$1 name=$2 repo=$3 revision=$4 endpoint=$5 image=$6 runtime=$7
IFS= read -r token || token=\${token:-}
${FIND_HUB}
tab=$(printf '\\t')
printf 'HUB\\t%s\\n' "$hub"
near=$hub
while [ ! -d "$near" ] && [ "$near" != / ] && [ -n "$near" ]; do near=\${near%/*}; done
near=\${near:-/}
[ ! -w "$near" ] || printf 'WRITABLE\\n'
df -P -k "$near" | awk 'NR == 2 { printf "FREE\\t%.0f\\n", $4 }'
find "$hub/$name/blobs" -type f ! -name '*.incomplete' -exec stat -c '%s' {} + 2> /dev/null |
  awk '{ sum += $1 } END { printf "HAVE\\t%.0f\\n", sum }'
printf 'OWNER\\t%s:%s\\n' "$(id -u)" "$(id -g)"
printf 'WORK\\t%s\\n' "\${XDG_CACHE_HOME:-$HOME/.cache}/spark-control"
if command -v hf > /dev/null; then tool=hf
elif command -v uvx > /dev/null; then tool=uvx
elif command -v huggingface-cli > /dev/null; then tool=huggingface-cli
elif [ -n "$image" ] && "$runtime" run --rm --pull never --network none --entrypoint python3 "$image" \\
  -c 'import huggingface_hub' > /dev/null 2>&1; then tool=container
else tool=none
fi
printf 'TOOL\\t%s\\n' "$tool"
! command -v rsync > /dev/null || printf 'RSYNC\\n'
for file in "\${HF_TOKEN_PATH:-}" "\${hub%/hub}/token" "$HOME/.cache/huggingface/token"; do
  [ -z "$token" ] && [ -r "$file" ] && IFS= read -r token < "$file"
done
[ -z "$token" ] || printf 'TOKEN\\n'
if [ -n "$repo" ] && command -v curl > /dev/null; then
  url=\${endpoint:-\${HF_ENDPOINT:-https://huggingface.co}}/api/models/$repo/revision/\${revision:-main}
  # the header goes over stdin: words of a command can be seen by everybody on the machine
  { [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\\n' "$token"; } |
    curl -sSL --config - --max-time 20 -w '\\nSTATUS\\t%{http_code}\\n' "$url?blobs=true" 2>&1 |
    sed 's/^/|/'
fi
printf 'END\\n'
` as const

/** What the look has to know. */
export interface DownloadQuestion {
  /** Folder name in the hub: `models--Org--Name`. */
  name: string
  /** Asks the hub about it; '' asks nothing. */
  repo: string
  revision: string | null
  endpoint: string
  /** Image whose Python may do it where nothing else can. */
  image: string
}

/** Looks at one host in one round trip; the hub is asked by the host, not from here. */
export async function lookBeforeDownload(
  host: Host,
  { name, repo, revision, endpoint, image }: DownloadQuestion,
  token: string | undefined,
  signal: AbortSignal,
): Promise<DownloadLook> {
  const { hf_home: home = '', container_runtime: runtime } = host.spec
  const words = [home, name, repo, revision ?? '', endpoint, image, runtime]
  const { stdout } = await host.run(sh`sh -c ${LOOK_SCRIPT} sh ${words}`, {
    input: `${token ?? ''}\n`,
    signal,
    timeoutMs: 60_000,
  })
  return parseDownloadLook(stdout)
}

/** Turns the records of the script into values. */
export function parseDownloadLook(text: string): DownloadLook {
  const lines = text.split('\n')
  const record = (word: string) =>
    lines.find((line) => line === word || line.startsWith(`${word}\t`))?.slice(word.length + 1)
  const said = lines.flatMap((line) => (line.startsWith('|') ? [line.slice(1)] : []))
  const at = said.findLastIndex((line) => line.startsWith('STATUS\t'))
  const tool = record('TOOL')
  return {
    hub: record('HUB') ?? '',
    isWritable: record('WRITABLE') !== undefined,
    freeBytes: numberOrNull(record('FREE'), 1024),
    haveBytes: numberOrNull(record('HAVE'), 1) ?? 0,
    tool: tool === undefined || tool === 'none' ? null : (tool as Tool),
    hasRsync: record('RSYNC') !== undefined,
    owner: record('OWNER') ?? '0:0',
    workFolder: record('WORK') ?? '',
    hasToken: record('TOKEN') !== undefined,
    ...(at >= 0 && {
      answer: {
        status: Number(said[at]?.slice(7)) || 0,
        // what curl says about a failure comes on either side of the status
        text: [...said.slice(0, at), ...said.slice(at + 1)].join('\n'),
      },
    }),
  }
}

const numberOrNull = (text: string | undefined, factor: number): number | null =>
  text === undefined || text === '' ? null : Number(text) * factor
