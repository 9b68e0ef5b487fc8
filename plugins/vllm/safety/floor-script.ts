/**
 * Stays on the host while an engine runs and kills it when memory falls below the floor. It runs
 * there and not here because a machine without memory no longer answers SSH: what it needs is loaded
 * already. Arguments: docker, podman or process · id of what carries the engine, as a look gives it ·
 * floor in KiB · seconds between two looks. Records: OK kib · LOW kib · KILLED status · GONE
 */
export const FLOOR_SCRIPT = `# watches the memory under an engine
LC_ALL=C
export LC_ALL
carrier=$1
id=$2
floor=$3
pause=$4
# of a process: boot, leader of its session, when that was started
rest=\${id#*-}
leader=\${rest%-*}
start=\${rest#*-}
is_gone() {
  if [ "$carrier" = process ]; then
    { read -r line <"/proc/$leader/stat"; } 2>/dev/null || return 0
    set -- \${line##*) }
    [ "$1" = Z ] || [ "\${20}" != "$start" ]
    return
  fi
  case $("$carrier" inspect --type container --format '{{.State.Running}}' "$id" 2>&1) in
    false | *[Nn]o\\ such\\ *) return 0 ;;
  esac
  return 1
}
end_it() {
  if [ "$carrier" = process ]; then
    # the one form that dash, bash and busybox agree on
    ! is_gone && kill -KILL "-$leader"
  else
    "$carrier" kill "$id" >/dev/null 2>&1
  fi
}
rounds=0
while :; do
  available=
  while read -r name value _; do
    case $name in MemAvailable:) available=$value ;; esac
  done < "\${SPARK_PROC:-/proc}/meminfo"
  if [ -n "$available" ] && [ "$available" -lt "$floor" ]; then
    printf 'LOW\\t%s\\n' "$available"
    end_it
    printf 'KILLED\\t%s\\n' "$?"
    exit 0
  fi
  # a write after the connection is gone ends the script; nothing else would
  [ $((rounds % 20)) -ne 0 ] || printf 'OK\\t%s\\n' "$available" || exit 0
  if [ $((rounds % 60)) -eq 59 ] && is_gone; then
    printf 'GONE\\n'
    exit 0
  fi
  rounds=$((rounds + 1))
  # not every sleep knows fractions
  sleep "$pause" 2>/dev/null || sleep 1
done
` as const
