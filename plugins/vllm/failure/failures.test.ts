import { describe, expect, it } from 'vitest'
import { failedLog, SPEAKERS } from '../testing/failed-log.ts'
import { AFTERMATH, CAUSES } from './failure-lines.ts'
import { findFailure } from './failures.ts'

/** kind, what the log says, what the owner reads, what the hint is about */
const LOGS: readonly [kind: string, cause: string, message: string, hint: RegExp][] = [
  [
    'memory-busy',
    'ValueError: Free memory on device cuda:0 (71.2/121.69 GiB) on startup is less than desired GPU memory utilization (0.8, 97.35 GiB). Decrease GPU memory utilization',
    'only 71.2 of 121.69 GiB were free, 97.35 GiB were asked for (gpu_memory_utilization 0.8)',
    /page cache/,
  ],
  [
    'memory-moved',
    'AssertionError: Error in memory profiling. Initial free memory 22.02 GiB, current free memory 22.11 GiB. This happens when other processes sharing the same container release GPU memory while vLLM is profiling during initialization.',
    'another program gave memory back while the engine was measuring what is free, which it takes for a mistake',
    /Load it again/,
  ],
  [
    'kv-none',
    'ValueError: No available memory for the cache blocks. Try increasing it',
    'after the weights no memory was left for the cache',
    /gpu_memory_utilization/,
  ],
  [
    'kv-small',
    "ValueError: To serve at least one request with the model's max seq len (262144), (8.00 GiB KV cache is needed, which is larger than the available KV cache memory (3.11 GiB). Based on the available memory, the estimated maximum model length is 101888.",
    'a context of 262144 tokens needs 8.00 GiB of cache, 3.11 GiB are left',
    /max_model_len\) in its settings to 101888/,
  ],
  [
    'kv-small',
    "ValueError: To serve at least one request with the models's max seq len (40960), 5.62 GiB KV cache is needed, which is larger than the available KV cache memory (0.51 GiB). Try increasing `gpu_memory_utilization`.",
    'a context of 40960 tokens needs 5.62 GiB of cache, 0.51 GiB are left',
    /Lower the context length \(max_model_len\)/,
  ],
  [
    'oom',
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.',
    'the GPU ran out of memory',
    /Lower/,
  ],
  [
    'shared-memory',
    'RuntimeError: DataLoader worker (pid 88) is killed by signal: Bus error. It is possible that dataloader workers are out of shared memory.',
    'the shared memory of the container is too small',
    /shm_size/,
  ],
  ['disk-full', 'OSError: [Errno 28] No space left on device', 'a disk is full', /Delete/],
  [
    'weights',
    'safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer',
    'a file of the weights is damaged or was not downloaded whole: Error while deserializing header: MetadataIncompleteBuffer',
    /download it again/,
  ],
  [
    'arch',
    "Value error, Model architectures ['Foo5ForCausalLM'] are not supported for now.",
    "the engine does not know the architecture 'Foo5ForCausalLM'",
    /newer/,
  ],
  [
    'arch',
    'Value error, The checkpoint you are trying to load has model type `foo5` but Transformers does not recognize this architecture.',
    'the engine does not know the type of this model',
    /newer/,
  ],
  [
    'quantization',
    'Value error, The quantization method modelopt_mixed is not supported for the current GPU. Minimum capability: 89. Current capability: 80.',
    'this GPU cannot compute modelopt_mixed weights (it is of capability 80, they need 89)',
    /another format/,
  ],
  [
    'gpu-arch',
    "ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'",
    'the image was not built for this GPU (sm_121a)',
    /CUDA 13/,
  ],
  [
    'gpu-arch',
    'torch.AcceleratorError: CUDA error: no kernel image is available for execution on the device',
    'the image was not built for this GPU',
    /CUDA 13/,
  ],
  [
    'gpu-arch',
    'RuntimeError: No supported CUDA architectures found for major versions [10].',
    'the image was not built for this GPU',
    /CUDA 13/,
  ],
  [
    'cache-type',
    `ValueError("type fp8e4nv not supported in this architecture. The supported fp8 dtypes are ('fp8e4b15', 'fp8e5')")`,
    'this GPU cannot keep its cache in fp8',
    /kv_cache_dtype/,
  ],
  [
    'kernels',
    'RuntimeError: Ninja build failed. Ninja output:\nninja: build stopped: subcommand failed.',
    'the engine could not compile a kernel it needs',
    /MAX_JOBS/,
  ],
  [
    'no-gpu',
    'RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG`',
    'the engine found no GPU in its container',
    /nvidia-smi/,
  ],
  [
    'no-gpu',
    'ValueError: Current node has no GPU available. current_node_resource={}',
    'the engine found no GPU in its container',
    /nvidia-smi/,
  ],
  [
    'driver',
    'RuntimeError: The NVIDIA driver on your system is too old (found version 12080).',
    'the GPU driver of the machine is older than the image needs, or half updated',
    /Restart the machine/,
  ],
  [
    'split',
    'Value error, Total number of attention heads (64) must be divisible by tensor parallel size (3).',
    '64 attention heads cannot be shared by 3 GPUs',
    /1, 2, 4 or 8/,
  ],
  [
    'too-few-gpus',
    'ValueError: The number of required GPUs exceeds the total number of available GPUs in the placement group.',
    'fewer GPUs joined than the model was to run on',
    /every machine/,
  ],
  [
    'remote-code',
    'ValueError: The repository Org/Model contains custom code. Please pass the argument `trust_remote_code=True` to allow custom code to be run.',
    'the model brings its own code, which is not allowed to run',
    /trust/,
  ],
  [
    'parser',
    "KeyError: 'invalid tool call parser: gemma9 (chose from { hermes })'",
    'the engine has no tool call parser gemma9',
    /older/,
  ],
  [
    'parser',
    "KeyError: 'invalid reasoning parser: deep9 (chose from { qwen3 })'",
    'the engine has no reasoning parser deep9',
    /older/,
  ],
  [
    'context',
    'Value error, User-specified max_model_len (500000) is greater than the derived max_model_len (max_position_embeddings=262144)',
    'max_model_len 500000 is more than the model was made for',
    /Lower/,
  ],
  [
    'argument',
    'vllm serve: error: unrecognized arguments: --frobnicate',
    'the engine refuses an argument: unrecognized arguments: --frobnicate',
    /args/,
  ],
  [
    'port',
    "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8888): address already in use",
    'the port is taken by another program',
    /ss -ltnp/,
  ],
  [
    'network',
    'torch.distributed.DistBackendError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO)',
    'the machines could not talk to each other: unhandled system error (run with NCCL_DEBUG=INFO)',
    /cable/,
  ],
  [
    'network',
    'torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:94, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.27.7',
    'the machines could not talk to each other: unhandled system error (run with NCCL_DEBUG=INFO for details)',
    /cable/,
  ],
  [
    'gated',
    'huggingface_hub.errors.GatedRepoError: 401 Client Error.',
    'a file of the model is missing, and its publisher gives it to known people only',
    /terms/,
  ],
  [
    'hub',
    'huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot',
    'a file of the model is not on the disk, and fetching is off',
    /Download/,
  ],
  [
    'permission',
    "PermissionError: [Errno 13] Permission denied: '/root/.cache/vllm/torch_compile_cache'",
    'the engine may not read or write /root/.cache/vllm/torch_compile_cache',
    /root/,
  ],
  [
    'gpu-fault',
    'torch.AcceleratorError: CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be asynchronously reported at some other API call.',
    'the GPU code failed: an illegal memory access was encountered',
    /Xid/,
  ],
]

describe('the cause in a log', () => {
  describe.each(Object.entries(SPEAKERS))('told by %s', (_who, speaker) => {
    it.each(LOGS)('%s', (kind, cause, message, hint) => {
      const failure = findFailure(failedLog(cause, speaker))
      expect(failure).toMatchObject({ kind, message, line: cause.split('\n')[0] })
      expect(failure?.hint).toMatch(hint)
    })
  })

  it('is known for every kind of the table', () => {
    expect(new Set(LOGS.map(([kind]) => kind))).toEqual(new Set(CAUSES.map(({ kind }) => kind)))
  })

  it('is not read from settings and warnings', () => {
    const [, settings = '', warning = ''] = failedLog('', '')
    expect(settings).toContain('trust_remote_code=True')
    expect(findFailure([settings, warning])).toBeUndefined()
  })

  it('is the first specific line, not the summary around it', () => {
    const lines = failedLog('KeyError: "layers.3"', SPEAKERS.core)
    expect(findFailure(lines)?.message).toBe('KeyError: "layers.3"')
  })

  it('is quoted from the first error where no line is known', () => {
    const failure = findFailure([
      'fine',
      'Traceback (most recent call last):',
      'KeyError: "layers.3"',
    ])
    expect(failure?.message).toBe('KeyError: "layers.3"')
  })

  it('without any error at all is that the engine ended', () => {
    const died = 'RuntimeError: Worker proc VllmWorker-1 died unexpectedly, shutting down executor.'
    expect(findFailure([died])?.message).toContain('died unexpectedly')
    expect(findFailure([`${SPEAKERS.core}EngineCore failed to start.`])?.kind).toBe('engine')
    expect(AFTERMATH.map(({ kind }) => kind)).toContain('runtime')
  })

  it('is none in a log without any error', () => {
    expect(findFailure(['INFO all is well'])).toBeUndefined()
  })
})
