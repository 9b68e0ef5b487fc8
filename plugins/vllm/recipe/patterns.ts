/**
 * What a word may look like before it gets near a shell. The launcher expands `-e -v -t --name`
 * unquoted, and for workers a remote shell reads them again, so quoting on our side is not enough.
 */
export const REPO = '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$'
/** The same, where `/` may stand as `--`. */
export const MODEL_KEY = '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._-]*$'
/** A branch, tag or commit of a repository. */
export const REVISION = '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$'
/** A name clients use for a model; vLLM takes any, URLs and shells do not. */
export const SERVED_NAME = REPO
export const CONTAINER = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$'
export const IMAGE = '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9./:@_-]{0,254}$'
/** An absolute path or one below the login user's home. */
export const FOLDER = '^(?!.*(?:^|/)\\.\\.(?:/|$))(~$|~/|/)[A-Za-z0-9._/@+-]{0,512}$'
/** `host:container`, `:ro` behind it for a mount that is only read. Never the whole disk. */
export const VOLUME =
  '^(?!.*[/:]\\.\\.(?:[/:]|$))(~/|/)[A-Za-z0-9._@+-][A-Za-z0-9._/@+-]{0,511}:/[A-Za-z0-9._@+-][A-Za-z0-9._/@+-]{0,511}(:ro)?$'
/** What docker and podman take as a size. */
export const SIZE = '^[1-9][0-9]{0,5}[mg]$'
/** A program by its name or its path. */
export const PROGRAM = '^(?!.*(?:^|/)\\.\\.(?:/|$))(~/|/)?[A-Za-z0-9][A-Za-z0-9._/@+-]{0,512}$'
/** A word of a command line that is never read by a shell: anything that can be seen. */
export const VISIBLE = '^[^\\x00-\\x1f\\x7f]{1,4096}$'
/** A mod: a folder or zip inside the launcher's folder. */
export const MOD = '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,255}$'
/** Names like `qwen3_xml`, `fp8_e4m3`, `flashinfer_cutlass`. */
export const WORD = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'
/** Environment of an engine: families of names that tune it, none that carries a secret or a path to code. */
export const ENV_KEY =
  '^(?!.*(TOKEN|SECRET|PASSWORD|API_KEY))(VLLM|NCCL|HF|CUDA|TORCH|TORCHINDUCTOR|PYTORCH|FLASHINFER|TRITON|TOKENIZERS|SAFETENSORS|OMP|GLOO|UCX|RAY)_[A-Z0-9_]{1,80}$'
export const ENV_VALUE = '^[A-Za-z0-9_.,:/@%+=-]{0,512}$'

/** `Qwen/Qwen3-8B` → `Qwen--Qwen3-8B`, one path segment. */
export const keyOf = (repo: string): string => repo.replaceAll('/', '--')

const repoPattern = new RegExp(REPO)

/** Whether a folder name of the cache gives a repo id this program can name and launch. */
export const isRepo = (text: string): boolean => text.length <= 200 && repoPattern.test(text)
