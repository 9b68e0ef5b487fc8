/**
 * Shell for an engine without a container, under Linux. Everything of a service lies in
 * ~/.local/state/spark-control/<service>: `run` (boot, process numbers with their start times: field
 * 22 of /proc/PID/stat), `status` once it has ended, `command`, `log`, and a lock. A number with
 * another start time, or of another boot, is somebody else's and is never signalled.
 */
const COMMON = `dir=$HOME/.local/state/spark-control/$1
boot='' leader='' leader_start='' engine='' engine_start='' at=''
if [ -f "$dir/run" ]; then
  while read -r key value start; do
    case $key in
      boot) boot=$value ;;
      at) at=$value ;;
      leader) leader=$value leader_start=$start ;;
      engine) engine=$value engine_start=$start ;;
    esac
  done <"$dir/run"
fi
read -r this_boot </proc/sys/kernel/random/boot_id
is_alive() {
  pid=$1 start=$2
  { read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  [ "$1" != Z ] && [ "\${20}" = "$start" ]
}
is_ours() {
  [ -n "$leader" ] && [ "$boot" = "$this_boot" ] || return 1
  is_alive "$leader" "$leader_start" || is_alive "$engine" "$engine_start"
}` as const

/** Argument: service. Records: MEM name kib · RUN state id at status · TOP and the command behind '|' · END */
export const PROCESS_LOOK_SCRIPT = `# looks at the process of the engine and at the memory
${COMMON}
while read -r name value _; do
  case $name in
    MemTotal: | MemFree: | MemAvailable:) printf 'MEM\\t%s\\t%s\\n' "$name" "$value" ;;
  esac
done < "\${SPARK_PROC:-/proc}/meminfo"
state=absent status=''
if is_ours; then
  state=running
elif [ -f "$dir/run" ]; then
  state=stopped
  if [ -f "$dir/status" ]; then read -r status <"$dir/status"; fi
fi
printf 'RUN\\t%s\\t%s\\t%s\\t%s\\n' "$state" "\${boot%%-*}-$leader-$leader_start" "$at" "$status"
if [ "$state" = running ]; then
  printf 'TOP\\t0\\n'
  sed 's/^/|/' "$dir/command"
fi
printf 'END\\n'` as const

/** Arguments: service, seconds until force. Ends with 0 when no process of it is left. */
export const PROCESS_STOP_SCRIPT =
  `# ends the engine with all its parts: asks, then forces, and makes sure
${COMMON}
grace_s=$2
has_parts() {
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    set -- \${line##*) }
    if [ "$3" = "$leader" ] && [ "$1" != Z ]; then return 0; fi
  done
  return 1
}
wait_for_end() {
  tries=$1
  while has_parts && [ "$tries" -gt 0 ]; do
    sleep 0.2
    tries=$((tries - 1))
  done
  ! has_parts
}
if is_ours; then
  kill -s TERM -- "-$leader"
  if ! wait_for_end $((grace_s * 5)); then
    echo "process group $leader ignored SIGTERM"
    kill -s KILL -- "-$leader"
    if ! wait_for_end 50; then
      echo "process group $leader still runs" >&2
      exit 1
    fi
  fi
fi
rm -f "$dir/run" "$dir/status"` as const

/**
 * Arguments: service, program, its arguments. The shell that leads the session outlives the engine, to
 * write down its status and to end parts of it that would go on holding the GPU. It holds the lock.
 */
export const PROCESS_START_SCRIPT =
  `# starts the engine in a session of its own, which outlives this connection
${COMMON}
program=$2
shift 2
case $program in '~/'*) program=$HOME/\${program#'~/'} ;; esac
PATH=$HOME/.local/bin:$PATH
export PATH
mask=$(umask)
umask 077
mkdir -p "$dir" && cd "$dir" || exit 73
exec 9>lock
flock -n 9 && ! is_ours || exit 75
rm -f run status
if [ -f log ]; then mv -f log log.1; fi
printf '%s\\n' "$program $*" | tr '\\n' ' ' >command
echo >>command
: >log
umask "$mask"
setsid nohup sh -c '
  trap : TERM
  start_of() {
    read -r line <"/proc/$1/stat"
    set -- \${line##*) }
    echo "\${20}"
  }
  read -r boot </proc/sys/kernel/random/boot_id
  "$@" 9>&- &
  engine=$!
  printf "%s\\n" "boot $boot" "at $(date +%s)" "leader $$ $(start_of $$)" \\
    "engine $engine $(start_of $engine)" >run.new
  mv -f run.new run
  while sleep 60; do
    if [ "$(wc -c <log)" -gt 67108864 ]; then cp log log.1 && : >log; fi
  done 9>&- &
  while :; do
    wait $engine
    status=$?
    kill -0 $engine 2>/dev/null || break
  done
  echo $status >status
  kill -s KILL 0
' spark-control "$program" "$@" >>log 2>&1 </dev/null &
tries=100
until [ -f run ]; do
  [ "$tries" -gt 0 ] || exit 70
  sleep 0.1
  tries=$((tries - 1))
done
echo "started, log in $dir/log"` as const

/** Argument: program. */
export const PROCESS_CHECK_SCRIPT = `# finds out whether the program can be started
program=$1
case $program in '~/'*) program=$HOME/\${program#'~/'} ;; esac
PATH=$HOME/.local/bin:$PATH
for each in setsid nohup flock; do
  command -v "$each" >/dev/null || { echo "there is no $each"; exit 69; }
done
[ -r /proc/self/stat ] || { echo 'there is no /proc'; exit 69; }
command -v "$program" >/dev/null || { echo "there is no $1"; exit 66; }` as const
