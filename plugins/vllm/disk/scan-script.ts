import { FIND_HUB } from './hub-script.ts'

/**
 * Reads one host's model folders in one round trip. POSIX sh: dash, bash and busybox alike.
 * A handful of processes whatever the number of models: find hands names to stat in batches, awk
 * reads all small files in one go.
 *
 * Arguments: HF_HOME of the topology or '' · revisions whose small files are known already
 * (' models--X@commit … ') · folders that hold plain models.
 *
 * Records, tab-separated, one a line; names with a line break are left out:
 *   NOW epoch · MEM total_kib · GPU mib · HUB source path · NOHUB reason path
 *   DISK total_kib free_kib · REF model commit · LOCAL folder
 *   F size mtime atime path (a file) · K path (a link) · L size mtime path (a link that resolves)
 *   J path, then its content line by line behind '|' · I path shard (named by an index)
 *   T path marker (found in a chat template) · END
 */
export const SCAN_SCRIPT = `# reads the model folders
LC_ALL=C
export LC_ALL
proc=\${SPARK_PROC:-/proc}
tab=$(printf '\\t')
nl='
'
given=$1
known=$2
shift 2

${FIND_HUB}
# sizes and times of files, links, and links that resolve; arguments are folders, or a depth first.
# No parentheses around -exec: busybox find forgets the last batch of an \`-exec … +\` inside them.
list() {
  depth=64
  case $1 in [0-9]*) depth=$1 && shift ;; esac
  find "$@" -maxdepth "$depth" -name .no_exist -prune -o -type f ! -path "*$nl*" \\
    -exec stat -c "F$tab%s$tab%Y$tab%X$tab%n" {} + 2> /dev/null
  find "$@" -maxdepth "$depth" -name .no_exist -prune -o -type l ! -path "*$nl*" -print \\
    2> /dev/null | sed "s/^/K$tab/"
  find "$@" -maxdepth "$depth" -name .no_exist -prune -o -type l ! -path "*$nl*" \\
    -exec stat -L -c "L$tab%s$tab%Y$tab%n" {} + 2> /dev/null
}

# content of small files, marked so that no line can be taken for a record
contents() {
  awk 'FNR == 1 { print "J\\t" FILENAME } { print "|" $0 }' "$@"
}

# the distinct shard names an index.json speaks of: quoted words that end so. None has a line break,
# behind which a record of its maker's could stand
shards() {
  awk 'BEGIN { RS = "\\"" }
    /\\.safetensors$/ && !/[\\n\\r]/ && !((FILENAME, $0) in seen) {
      seen[FILENAME, $0] = 1
      print "I\\t" FILENAME "\\t" $0
    }' "$@"
}

# which dialects a chat template speaks
markers() {
  awk 'function hit(text, name) {
      if (((FILENAME, name) in seen) || (text != "" && !index($0, text))) return
      seen[FILENAME, name] = 1
      print "T\\t" FILENAME "\\t" name
    }
    FILENAME ~ /tokenizer_config\\.json$/ && !/"chat_template"/ { next }
    {
      hit("", "template"); hit("<function=", "function"); hit("<tool_call>", "tool_call")
      hit("<arg_key>", "arg_key"); hit("<minimax:tool_call>", "minimax")
      hit("[TOOL_CALLS]", "mistral"); hit("<|python_tag|>", "python_tag")
      hit("<|channel|>", "channel"); hit("<|tool_calls_section_begin|>", "kimi")
      hit("<think>", "think"); hit("enable_thinking", "enable_thinking")
    }' "$@"
}

# runs $1 on the files that exist of those named by the remaining words in each folder of $dirs
each() {
  action=$1
  names=$2
  set -f
  set --
  IFS=$nl
  for dir in $dirs; do
    IFS=' '
    for name in $names; do
      file=$dir$name
      [ -f "$file" ] && [ -s "$file" ] && [ -r "$file" ] && set -- "$@" "$file"
    done
    IFS=$nl
  done
  unset IFS
  set +f
  [ $# -eq 0 ] || "$action" "$@"
}

small_files() {
  each contents '/config.json /hf_quant_config.json /adapter_config.json'
  each markers '/chat_template.jinja /chat_template.json /tokenizer_config.json'
  each shards '/model.safetensors.index.json'
}

printf 'NOW\\t%s\\n' "$(date +%s)"
while read -r name value _; do
  [ "$name" = MemTotal: ] && printf 'MEM\\t%s\\n' "$value" && break
done < "$proc/meminfo"
nvidia-smi --query-gpu=memory.total --format=csv,noheader,nounits < /dev/null 2> /dev/null |
  sed "s/^/GPU$tab/"

dirs=
for root in "$@"; do
  root=$(home_of "$root")
  for folder in "$root"/*; do
    case $folder in *"$nl"*) continue ;; esac
    [ -e "$folder/config.json" ] || [ -e "$folder/adapter_config.json" ] || continue
    printf 'LOCAL\\t%s\\n' "$folder"
    list 1 "$folder"
    dirs=$dirs$folder$nl
  done
done
[ -z "$dirs" ] || small_files

if [ ! -e "$hub" ]; then
  printf 'NOHUB\\tmissing\\t%s\\n' "$hub"
elif [ ! -r "$hub" ] || ! cd "$hub" 2> /dev/null; then
  printf 'NOHUB\\tunreadable\\t%s\\n' "$hub"
else
  printf 'HUB\\t%s\\t%s\\n' "$source" "$hub"
  df -P -k . < /dev/null | awk 'NR == 2 { printf "DISK\\t%.0f\\t%.0f\\n", $2, $4 }'
  dirs=
  trees=
  set --
  for model in ./models--*; do
    [ -d "$model" ] || continue
    case $model in *"$nl"*) continue ;; esac
    set -- "$@" "$model"
    if [ -r "$model/refs/main" ]; then
      commit=
      read -r commit < "$model/refs/main"
      printf 'REF\\t%s\\t%s\\n' "$model" "$commit"
    fi
    for snapshot in "$model"/snapshots/*; do
      [ -d "$snapshot" ] || continue
      commit=\${snapshot##*/}
      case $commit in *[!A-Za-z0-9._-]*) continue ;; esac
      case $known in *" \${model#./}@$commit "*) continue ;; esac
      dirs=$dirs$snapshot$nl
      trees=$trees$model/trees/$commit$nl
    done
  done
  if [ $# -gt 0 ]; then
    list "$@"
    small_files
    dirs=$trees
    each contents .json
  fi
fi
printf 'END\\n'
` as const
