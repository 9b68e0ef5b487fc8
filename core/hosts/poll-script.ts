/**
 * Reads all figures of a host in one go, in POSIX sh, from dash to busybox. Arguments: HF_HOME (or
 * nothing), then folders whose disks matter. Each part begins with a line `=name`.
 * timeout: nvidia-smi hangs when a GPU fell off its bus, df when a network disk is gone.
 */
export const POLL_SCRIPT = `# reads name, load, memory, disks, GPUs and addresses
LC_ALL=C; export LC_ALL
proc=\${SPARK_PROC:-/proc}
limit() { if command -v timeout >/dev/null 2>&1; then timeout 5 "$@"; else "$@"; fi; }
echo =hostname; hostname 2>/dev/null || uname -n
echo =kernel; echo "$(uname -r) $(uname -m)"
echo =uptime; cat "$proc/uptime" 2>/dev/null
echo =loadavg; cat "$proc/loadavg" 2>/dev/null
echo =meminfo; grep -E '^(MemTotal|MemFree|MemAvailable|Buffers|Cached):' "$proc/meminfo" 2>/dev/null
hf=\${1:-\${HF_HOME:-$HOME/.cache/huggingface}}; shift
for folder in "$hf" "$@" /
do
  echo "=disk $folder"
  while [ ! -e "$folder" ]
  do
    case $folder in */*) folder=\${folder%/*} ;; *) folder= ;; esac
    [ -n "$folder" ] || folder=/
  done
  limit df -P -k -- "$folder" 2>/dev/null || limit df -P -k "$folder" 2>/dev/null
done
if command -v nvidia-smi >/dev/null 2>&1
then
  echo =gpus
  # An older driver does not know every field, and then gives none.
  known=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw
  ask() { limit nvidia-smi --query-gpu="$1" --format=csv,noheader,nounits 2>/dev/null; }
  all=$(ask "$known,clocks.sm,clocks_throttle_reasons.active,driver_version")
  case $? in
    0) printf '%s\\n' "$all" ;;
    124) ;;
    *) ask "$known" ;;
  esac
fi
echo =addresses
ip -j -d addr 2>/dev/null || ip -j addr 2>/dev/null || ip -o addr 2>/dev/null
echo =speeds
for speed in /sys/class/net/*/speed
do
  name=\${speed%/speed}
  echo "\${name##*/} $(cat "$speed" 2>/dev/null)"
done
echo =end
`
