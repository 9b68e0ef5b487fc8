/**
 * Reads what memory is there and who has it, in one round trip. POSIX sh, dash to busybox.
 * Argument: docker or podman.
 * Records: MEM name kib · GPU index, uuid, total, used, free in MiB · APP pid, uuid, MiB, process
 * (lines of nvidia-smi) · OWNER pid container id · BOX container id and name · END
 * timeout: nvidia-smi hangs when a GPU fell off its bus.
 */
export const MEMORY_SCRIPT = `# reads the memory and who has it
LC_ALL=C
export LC_ALL
proc=\${SPARK_PROC:-/proc}
tab=$(printf '\\t')
limit() { if command -v timeout > /dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
ask() { limit nvidia-smi "$1" --format=csv,noheader,nounits < /dev/null 2> /dev/null; }
while read -r name value _; do
  case $name in
    MemTotal: | MemFree: | MemAvailable:) printf 'MEM\\t%s\\t%s\\n' "$name" "$value" ;;
  esac
done < "$proc/meminfo"
ask --query-gpu=index,uuid,memory.total,memory.used,memory.free | sed "s/^/GPU$tab/"
ask --query-compute-apps=pid,gpu_uuid,used_memory,process_name | while IFS= read -r line; do
  printf 'APP\\t%s\\n' "$line"
  pid=\${line%%,*}
  case $pid in '' | *[!0-9]*) continue ;; esac
  # a container's id is part of the name of its cgroup
  id=$(grep -oE '[0-9a-f]{64}' "$proc/$pid/cgroup" 2> /dev/null | head -n 1)
  [ -z "$id" ] || printf 'OWNER\\t%s\\t%s\\n' "$pid" "$id"
done
limit "$1" ps --no-trunc --format '{{.ID}} {{.Names}}' < /dev/null 2> /dev/null | sed "s/^/BOX$tab/"
printf 'END\\n'
` as const
