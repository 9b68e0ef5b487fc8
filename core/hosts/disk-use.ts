import type { DiskUse } from './figures.ts'
import type { HostSpec } from './host.ts'
import { type Command, script } from './sh.ts'

/**
 * Weighs what models and containers take of the disks, in POSIX sh. Arguments: docker or podman,
 * HF_HOME (or nothing), then folders of models. `du` of a full cache takes seconds, so this is asked
 * now and then only, and at the lowest priority.
 */
const SCRIPT = `# weighs models, download cache and images
LC_ALL=C; export LC_ALL
runtime=$1; hf=\${2:-\${HF_HOME:-$HOME/.cache/huggingface}}; shift 2
limit() { if command -v timeout >/dev/null 2>&1; then timeout 60 nice "$@"; else nice "$@"; fi; }
weigh() {
  [ -d "$2" ] || return 0
  size=$(limit du -sk --apparent-size "$2" 2>/dev/null || limit du -sk "$2" 2>/dev/null)
  echo "$1 \${size%%[!0-9]*} $2"
}
weigh models "$hf/hub"
for folder in "$@"; do weigh models "$folder"; done
weigh download_cache "\${HF_XET_CACHE:-$hf/xet}"
limit "$runtime" system df --format '{{.Type}}|{{.Size}}' 2>/dev/null | sed -n 's/^Images|/images /p'
echo end
`

/** The one command of a weighing. */
export const diskUseCommand = (spec: HostSpec): Command =>
  script(SCRIPT, spec.container_runtime, spec.hf_home ?? '', ...spec.model_dirs)

/** What the weighing's output says; undefined when it was cut off. */
export function parseDiskUse(text: string): DiskUse['parts'] | undefined {
  if (!/^end$/m.test(text)) return undefined
  return text.split('\n').flatMap((line): DiskUse['parts'] => {
    const [, what, kib, path] = /^(models|download_cache) (\d+) (.+)$/.exec(line) ?? []
    if (what && kib && path)
      return [{ what: what as 'models', path, size_bytes: Number(kib) * 1024 }]
    const bytes = sizeOf(/^images (.+)$/.exec(line)?.[1])
    return bytes === undefined ? [] : [{ what: 'images', path: null, size_bytes: bytes }]
  })
}

/** `45.2GB` as docker and podman print it: units of a thousand. */
function sizeOf(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kMGT]?)B/i.exec(text ?? '') ?? []
  if (number === undefined) return undefined
  return Math.round(Number(number) * 1000 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()))
}
