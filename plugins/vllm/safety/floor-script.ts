/**
 * Stays on the host while a container runs and kills it when memory falls below the floor. It runs
 * there and not here because a machine without memory no longer answers SSH: what it needs is loaded
 * already. Arguments: docker or podman · container id · floor in KiB · seconds between two looks.
 * Records: OK kib · LOW kib · KILLED status · GONE
 */
export const FLOOR_SCRIPT = `# watches the memory under a container
LC_ALL=C
export LC_ALL
runtime=$1
id=$2
floor=$3
pause=$4
rounds=0
while :; do
  available=
  while read -r name value _; do
    case $name in MemAvailable:) available=$value ;; esac
  done < "\${SPARK_PROC:-/proc}/meminfo"
  if [ -n "$available" ] && [ "$available" -lt "$floor" ]; then
    printf 'LOW\\t%s\\n' "$available"
    "$runtime" kill "$id" >/dev/null 2>&1
    printf 'KILLED\\t%s\\n' "$?"
    exit 0
  fi
  # a write after the connection is gone ends the script; nothing else would
  [ $((rounds % 20)) -ne 0 ] || printf 'OK\\t%s\\n' "$available" || exit 0
  if [ $((rounds % 60)) -eq 59 ]; then
    case $("$runtime" inspect --type container --format '{{.State.Running}}' "$id" 2>&1) in
      false | *[Nn]o\\ such\\ *) printf 'GONE\\n'; exit 0 ;;
    esac
  fi
  rounds=$((rounds + 1))
  # not every sleep knows fractions
  sleep "$pause" 2>/dev/null || sleep 1
done
` as const
