import { type Host, script, sh } from '#core'
import { vllmError } from '../errors.ts'

/** Work that runs on a host and outlives both the connection and the controller. */
export interface Work {
  /** Its folder below the login user's cache: one work of a name at a time. */
  name: string
  /** The program and its words, never a secret. */
  words: readonly string[]
  /** `NAME=value` words for its environment. */
  env: readonly string[]
  /** A container it runs in, removed when it is stopped. */
  container: string | null
}

/** What a look at it found. `none`: it was never started, or was killed. */
export interface WorkLook {
  state: 'running' | 'ended' | 'none'
  /** Null where it was killed: as a whole, or only its program, whose shell lived to write it down. */
  exitCode: number | null
  /** Its output from the line asked for on, the last 500 lines of it: where it fails, the cause is last. */
  lines: string[]
  /** The line of its output to go on from. */
  nextLine: number
}

/** Sets `dir`, and `members`: every process of the work by the mark in its environment. */
const COMMON = `dir=\${XDG_CACHE_HOME:-$HOME/.cache}/spark-control/$1
members() {
  if [ -d /proc/self ]; then
    grep -lsF "SPARK_CONTROL_WORK=$dir/" /proc/[0-9]*/environ 2> /dev/null | cut -d/ -f3
  elif [ -r "$dir/pid" ]; then
    read -r pid < "$dir/pid"
    kill -0 "$pid" 2> /dev/null && printf '%s\\n' "$pid"
  fi
}
` as const

/** What a failed network looks like in the output of hf, uvx, rsync and ssh. */
const NETWORK =
  'ConnectionError|ConnectError|ConnectTimeout|ReadTimeout|ReadError|RemoteProtocolError|IncompleteRead|timed out|Connection reset|Network is unreachable|502 Bad|503 Service|504 Gateway'

/** Reads the token from stdin; answers RUNNING (the same already runs), OTHER, or STARTED. */
const START_SCRIPT = `# starts work that outlives this connection
${COMMON}
shift
IFS= read -r token || token=\${token:-}
mask=$(umask)
umask 077
mkdir -p "$dir" || exit 1
if [ -n "$(members)" ]; then
  [ "$(cat "$dir/words" 2> /dev/null)" = "$*" ] && echo RUNNING || echo OTHER
  exit 0
fi
rm -f "$dir/exit" "$dir/log" "$dir/token" "$dir/pid"
printf '%s\\n' "$*" > "$dir/words"
: > "$dir/log"
[ -z "$token" ] || printf '%s\\n' "$token" > "$dir/token"
unset token
while [ "$1" != -- ]; do
  export "$1"
  shift
done
shift
[ ! -f "$dir/token" ] || export HF_TOKEN_PATH="$dir/token"
export SPARK_CONTROL_WORK="$dir/"
export PATH="$HOME/.local/bin:$PATH"
cat > "$dir/run" << 'RUN'
dir=$1
shift
try=1
while :; do
  "$@" < /dev/null >> "$dir/log" 2>&1
  code=$?
  [ "$code" -ne 0 ] && [ "$try" -lt 5 ] || break
  tail -n 20 "$dir/log" | grep -Eqi '${NETWORK}' || break
  echo "try $try ended with $code because of the network; once more in 20 seconds" >> "$dir/log"
  sleep 20
  try=$((try + 1))
done
rm -f "$dir/token"
echo "$code" > "$dir/exit.new"
mv "$dir/exit.new" "$dir/exit"
RUN
umask "$mask"
cd "$HOME" || exit 1
setsid sh "$dir/run" "$dir" "$@" < /dev/null > /dev/null 2>&1 &
echo $! > "$dir/pid"
tries=0
while [ -z "$(members)" ] && [ ! -e "$dir/exit" ] && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
echo STARTED
` as const

const LOOK_SCRIPT = `# looks at work that was started
${COMMON}
half=1
if [ -n "$(members)" ]; then
  half=0
  printf 'STATE\\trunning\\n'
elif [ -r "$dir/exit" ]; then
  printf 'STATE\\tended\\t%s\\n' "$(cat "$dir/exit")"
else
  printf 'STATE\\tnone\\n'
fi
if [ -r "$dir/log" ]; then
  # the end of a line that is half written would be missed
  last=$(($(wc -l < "$dir/log") + half))
  printf 'NEXT\\t%s\\n' "$((last + 1))"
  head -n "$last" "$dir/log" | tail -n "+$2" | tr '\\r' '\\n' | tail -n 500 | sed 's/^/|/'
fi
printf 'END\\n'
` as const

/** Ends every process of it, politely first; answers how many are left. */
const STOP_SCRIPT = `# stops work that was started, and forgets it
${COMMON}
runtime=$2
container=$3
for signal in TERM KILL; do
  tries=0
  while [ "$tries" -lt 25 ]; do
    pids=$(members)
    [ -n "$pids" ] || break
    [ "$tries" -gt 0 ] || kill -s "$signal" $pids 2> /dev/null
    tries=$((tries + 1))
    sleep 0.2
  done
done
[ -z "$container" ] || "$runtime" rm -f "$container" > /dev/null 2>&1
pids=$(members)
[ -n "$pids" ] || rm -rf "$dir"
printf 'LEFT\\t%s\\n' "$(printf '%s' "$pids" | tr '\\n' ' ')"
` as const

/**
 * Starts work unless the very same already runs. `token` goes over stdin into a file only its owner
 * reads; it is never a word of a command. Whatever else runs under that name is stopped first.
 */
export async function startWork(
  host: Host,
  work: Work,
  token: string | undefined,
  signal: AbortSignal,
): Promise<'started' | 'running'> {
  const start = async () => {
    const { stdout } = await host.run(
      sh`sh -c ${START_SCRIPT} sh ${[work.name, ...work.env]} -- ${work.words}`,
      { input: `${token ?? ''}\n`, signal },
    )
    return stdout.trim()
  }
  const said = await start()
  if (said === 'OTHER') {
    await stopWork(host, work)
    await start()
    return 'started'
  }
  return said === 'RUNNING' ? 'running' : 'started'
}

/** Looks at work; `fromLine` counts from 1. Throws HOST_* when the host cannot be asked. */
export async function lookAtWork(
  host: Host,
  { name }: Pick<Work, 'name'>,
  fromLine: number,
  signal: AbortSignal,
): Promise<WorkLook> {
  const { stdout } = await host.run(script(LOOK_SCRIPT, name, fromLine), { signal })
  const lines = stdout.split('\n')
  const record = (name: string) => lines.find((line) => line.startsWith(`${name}\t`))?.split('\t')
  const [, state, code] = record('STATE') ?? []
  return {
    state: state === 'running' || state === 'ended' ? state : 'none',
    exitCode: state === 'ended' ? statusOf(Number(code)) : null,
    lines: lines.flatMap((line) => (line.startsWith('|') ? [line.slice(1)] : [])),
    nextLine: Number(record('NEXT')?.[1] ?? fromLine),
  }
}

/** A shell says 128 and the number of the signal for a program that one ended. */
const statusOf = (code: number): number | null => (code > 128 && code <= 128 + 64 ? null : code)

/** Stops work and makes sure that no process of it is left. Throws NOT_STOPPED otherwise. */
export async function stopWork(host: Host, work: Pick<Work, 'name' | 'container'>): Promise<void> {
  const { stdout } = await host.run(
    script(STOP_SCRIPT, work.name, host.spec.container_runtime, work.container ?? ''),
    { timeoutMs: 60_000 },
  )
  const pids = /^LEFT\t(.*)$/m.exec(stdout)?.[1]?.trim()
  if (pids === '') return
  throw vllmError('NOT_STOPPED', `not stopped: processes ${pids} still run on ${host.id}`, {
    hint: `on ${host.id}: kill -9 ${pids}`,
  })
}
