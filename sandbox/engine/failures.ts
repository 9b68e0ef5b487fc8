import { GIB } from '../host/memory.ts'
import type { EngineVoice } from './log-lines.ts'
import type { ServeOptions } from './serve-options.ts'

/** Why an engine ended before it served; `say` writes what vLLM would have written. */
export class EngineFailure extends Error {
  readonly say: (voice: EngineVoice) => void
  readonly exitCode: number

  constructor(what: string, say: (voice: EngineVoice) => void, exitCode = 1) {
    super(what)
    this.say = say
    this.exitCode = exitCode
  }
}

/** Not enough free memory for the wanted share. */
export function memoryBusy(freeBytes: number, totalBytes: number, share: number): EngineFailure {
  const free = (freeBytes / GIB).toFixed(2)
  const total = (totalBytes / GIB).toFixed(2)
  const wanted = ((totalBytes * share) / GIB).toFixed(2)
  return inCore(
    'memory busy',
    `ValueError: Free memory on device cuda:0 (${free}/${total} GiB) on startup is less than desired GPU memory utilization (${share}, ${wanted} GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.`,
  )
}

/** The weights do not fit. */
export function outOfMemory(freeBytes: number, totalBytes: number): EngineFailure {
  const free = (freeBytes / GIB).toFixed(2)
  return inCore(
    'out of memory',
    `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of ${(totalBytes / GIB).toFixed(2)} GiB of which ${free} GiB is free. Including non-PyTorch memory, this process has ${((totalBytes - freeBytes) / GIB).toFixed(2)} GiB memory in use.`,
  )
}

/** No memory left for a cache. */
export function noCacheMemory(): EngineFailure {
  return inCore(
    'no cache memory',
    'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine. See https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details.',
  )
}

/** The cache is too small for one request of the full length. */
export function cacheTooSmall(
  length: number,
  neededBytes: number,
  haveBytes: number,
): EngineFailure {
  const needed = (neededBytes / GIB).toFixed(2)
  const have = (haveBytes / GIB).toFixed(2)
  const longest = Math.floor((length * haveBytes) / neededBytes / 16) * 16
  return inCore(
    'cache too small',
    `ValueError: To serve at least one request with the models's max seq len (${length}), (${needed} GiB KV cache is needed, which is larger than the available KV cache memory (${have} GiB). Based on the available memory, the estimated maximum model length is ${longest}. Try increasing \`gpu_memory_utilization\` or decreasing \`max_model_len\` when initializing the engine.`,
  )
}

/** A fault in the GPU code; nothing that a setting would change. */
export function crashed(): EngineFailure {
  return inCore(
    'crash',
    'torch.AcceleratorError: CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.',
  )
}

/** The hosts do not find each other on the fast link. */
export function fabricBroken(): EngineFailure {
  return inCore(
    'fabric',
    'torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:94, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.27.7\nncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.\nLast error:\nsocketPollConnect: connect to the peer timed out, exceeded error retry count (35)',
  )
}

/** Another node of the same run is gone. */
export function peerLost(rank: number): EngineFailure {
  return inCore(
    'peer lost',
    `RuntimeError: Worker proc VllmWorker-${rank} died unexpectedly, shutting down executor.`,
  )
}

/** The image does not know the architecture. */
export function unknownArchitecture(architecture: string): EngineFailure {
  return inApi(
    'architecture',
    `pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n  Value error, Model architectures ['${architecture}'] are not supported for now. Supported architectures: dict_keys(['Gemma3ForCausalLM', 'GptOssForCausalLM', 'LlamaForCausalLM', 'Qwen3ForCausalLM', 'Qwen3MoeForCausalLM'])`,
  )
}

/** The model brings code of its own and may not run it. */
export function remoteCodeNeeded(model: string): EngineFailure {
  return inApi(
    'remote code',
    `ValueError: The repository ${model} contains custom code which must be executed to correctly load the model. You can inspect the repository content at https://hf.co/${model}. Please pass the argument \`trust_remote_code=True\` to allow custom code to be run.`,
  )
}

/** The image does not know the tool call or reasoning parser. */
export function unknownParser(
  kind: 'tool call' | 'reasoning',
  name: string,
  known: readonly string[],
): EngineFailure {
  return inApi(
    'parser',
    `KeyError: 'invalid ${kind} parser: ${name} (chose from { ${known.join(',')} })'`,
  )
}

/** The model is not in the cache and may not be downloaded. */
export function notInCache(model: string): EngineFailure {
  return inApi(
    'not in cache',
    `huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot folder for the specified revision on the local disk and outgoing traffic has been disabled. To enable repo look-ups and downloads online, pass 'local_files_only=False' as input.\nOSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files: ${model}`,
  )
}

/** The wanted context is longer than the model was made for. */
export function contextTooLong(wanted: number, derived: number): EngineFailure {
  return inApi(
    'context',
    `pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n  Value error, User-specified max_model_len (${wanted}) is greater than the derived max_model_len (max_position_embeddings=${derived} or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1.`,
  )
}

/** The port is taken. */
export function portTaken(options: Pick<ServeOptions, 'host' | 'port'>): EngineFailure {
  return inApi(
    'port',
    `OSError: [Errno 98] error while attempting to bind on address ('${options.host}', ${options.port}): address already in use`,
  )
}

/** A mistake on the command line, as argparse answers it. */
export function badArguments(mistake: string): EngineFailure {
  return new EngineFailure(
    mistake,
    (voice) => {
      voice.apiPlain('usage: vllm serve [model_tag] [options]')
      voice.apiPlain(`vllm serve: error: ${mistake}`)
    },
    2,
  )
}

/** Fails in the engine core: its trace first, the generic line of the API server at the end. */
function inCore(what: string, text: string): EngineFailure {
  return new EngineFailure(what, (voice) => {
    const file = 'core.py:845'
    voice.core(file, 'EngineCore failed to start.', 'ERROR')
    voice.core(
      file,
      'Traceback (most recent call last):\n  File "/usr/local/lib/python3.12/dist-packages/vllm/v1/engine/core.py", line 836, in run_engine_core\n    engine_core = EngineCoreProc(*args, engine_index=dp_rank, **kwargs)',
      'ERROR',
    )
    voice.core(file, text, 'ERROR')
    voice.apiPlain('Traceback (most recent call last):')
    voice.apiPlain(
      'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
    )
  })
}

/** Fails in the API server, before there is an engine core. */
function inApi(what: string, text: string): EngineFailure {
  return new EngineFailure(what, (voice) => {
    voice.apiPlain('Traceback (most recent call last):')
    for (const line of text.split('\n')) voice.apiPlain(line)
  })
}
