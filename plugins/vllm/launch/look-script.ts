/**
 * One look at a container and the memory around it, in one round trip.
 * Arguments: docker or podman · container name.
 * Records: MEM name kib · INSPECT status, TOP status, each followed by its output behind '|' · END
 */
export const LOOK_SCRIPT = `# looks at the container and at the memory
LC_ALL=C
export LC_ALL
runtime=$1
container=$2
while read -r name value _; do
  case $name in
    MemTotal: | MemFree: | MemAvailable:) printf 'MEM\\t%s\\t%s\\n' "$name" "$value" ;;
  esac
done < "\${SPARK_PROC:-/proc}/meminfo"
said=$("$runtime" inspect --type container "$container" 2>&1)
status=$?
printf 'INSPECT\\t%s\\n' "$status"
printf '%s\\n' "$said" | sed 's/^/|/'
if [ "$status" -eq 0 ]; then
  # podman has names of its own for what docker takes from ps
  if [ "$runtime" = podman ]; then set -- hpid args; else set -- -eo pid,args; fi
  said=$("$runtime" top "$container" "$@" 2>&1)
  printf 'TOP\\t%s\\n' "$?"
  printf '%s\\n' "$said" | sed 's/^/|/'
fi
printf 'END\\n'
` as const
