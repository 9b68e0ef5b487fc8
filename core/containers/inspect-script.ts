/**
 * Reads any number of containers in one round trip. POSIX sh, dash to busybox.
 * Arguments: docker or podman, `memory` or `state`, names.
 * Records: what inspect prints behind `|` · STATUS its exit status · with `memory` also MEM pid and
 * bytes (what docker stats shows: without the cache that can be given back) · APP container id and MiB of GPU
 * memory · END
 * timeout: nvidia-smi hangs when a GPU fell off its bus.
 */
export const INSPECT_SCRIPT = `# reads the state of containers
LC_ALL=C
export LC_ALL
runtime=$1 depth=$2
shift 2
proc=\${SPARK_PROC:-/proc} cgroups=\${SPARK_CGROUP:-/sys/fs/cgroup}
limit() { if command -v timeout > /dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
number() { case $1 in '' | *[!0-9]*) return 1 ;; esac; }
said=$("$runtime" inspect --type container "$@" < /dev/null 2>&1)
printf 'STATUS\\t%s\\n' "$?"
printf '%s\\n' "$said" | sed 's/^/|/'
if [ "$depth" = memory ]; then
  for pid in $(printf '%s\\n' "$said" | sed -n 's/.*"Pid": *\\([1-9][0-9]*\\).*/\\1/p'); do
    group=$(sed -n -e 's/^0:://p' -e 's/^[0-9]*:memory://p' "$proc/$pid/cgroup" 2> /dev/null | tail -n 1)
    [ -n "$group" ] || continue
    for folder in "$cgroups$group" "$cgroups/memory$group"; do
      used=$(cat "$folder/memory.current" 2> /dev/null || cat "$folder/memory.usage_in_bytes" 2> /dev/null)
      number "$used" || continue
      cache=$(sed -n -e 's/^inactive_file //p' -e 's/^total_inactive_file //p' "$folder/memory.stat" 2> /dev/null | tail -n 1)
      number "$cache" && [ "$cache" -lt "$used" ] || cache=0
      printf 'MEM\\t%s\\t%s\\n' "$pid" "$((used - cache))"
      break
    done
  done
  if command -v nvidia-smi > /dev/null 2>&1; then
    limit nvidia-smi --query-compute-apps=pid,used_memory --format=csv,noheader,nounits < /dev/null 2> /dev/null |
      while IFS=', ' read -r pid mib _; do
        number "$pid" && number "$mib" || continue
        # a container's id is part of the name of its cgroup
        id=$(grep -oE '[0-9a-f]{64}' "$proc/$pid/cgroup" 2> /dev/null | head -n 1)
        [ -z "$id" ] || printf 'APP\\t%s\\t%s\\n' "$id" "$mib"
      done
  fi
fi
printf 'END\\n'
` as const
