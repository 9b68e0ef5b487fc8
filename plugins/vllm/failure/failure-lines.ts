/** A line of an engine's log that names why it ended. */
export interface FailureLine {
  kind: string
  pattern: RegExp
  /** What went wrong, in plain words with the figures of the line. */
  message(match: RegExpExecArray): string
  /** What an expert would do. */
  hint: string | ((match: RegExpExecArray) => string)
}

/** What helps where memory ran out. */
export const MEMORY_HINT =
  'Lower the share of memory (gpu_memory_utilization) or the context length (max_model_len) in its settings, or stop what else uses the memory.'

const OTHER_IMAGE =
  'Use an image made for this GPU (GB10 needs one built with CUDA 13; the launcher of the machine builds it), and set image.'

/**
 * The lines that name a cause; the first of a log counts, whatever the order here. Wording: vLLM
 * 0.9 to 0.29 (v1/worker/utils.py, v1/core/kv_cache_utils.py, config/), PyTorch, Triton, FlashInfer,
 * Ray and huggingface_hub as vLLM's public issues quote them.
 */
export const CAUSES: readonly FailureLine[] = [
  {
    kind: 'memory-busy',
    pattern:
      /Free memory on device (?:\S+ )?\(([\d.]+)\/([\d.]+) GiB\) on startup is less than desired GPU memory utilization \(([\d.]+), ([\d.]+) GiB\)/,
    message: ([, free, total, share, wanted]) =>
      `only ${free} of ${total} GiB were free, ${wanted} GiB were asked for (gpu_memory_utilization ${share})`,
    hint: 'On memory shared with the GPU this is often page cache: wait a minute and load again, or lower the share of memory (gpu_memory_utilization) in its settings below what is free.',
  },
  {
    kind: 'memory-moved',
    pattern:
      /Error in memory profiling\. Initial free memory ([\d.]+)\D+current free memory ([\d.]+)/,
    message: () =>
      'another program gave memory back while the engine was measuring what is free, which it takes for a mistake',
    hint: 'Load it again, once nothing else starts or stops on that machine.',
  },
  {
    kind: 'kv-none',
    pattern: /No available memory for the cache blocks/,
    message: () => 'after the weights no memory was left for the cache',
    hint: 'Raise the share of memory (gpu_memory_utilization) in its settings, or choose smaller weights or more machines.',
  },
  {
    kind: 'kv-small',
    pattern:
      /max seq len \((\d+)\), \(?([\d.]+) GiB KV cache is needed, which is larger than the available KV cache memory \(([\d.]+) GiB\)(?:.*estimated maximum model length is (\d+))?/,
    message: ([, length, needed, available]) =>
      `a context of ${length} tokens needs ${needed} GiB of cache, ${available} GiB are left`,
    hint: ([, , , , fits]) =>
      fits
        ? `Set the context length (max_model_len) in its settings to ${fits} or less.`
        : 'Lower the context length (max_model_len) in its settings.',
  },
  {
    kind: 'oom',
    pattern: /CUDA out of memory\. Tried to allocate|OutOfMemoryError/,
    message: () => 'the GPU ran out of memory',
    hint: MEMORY_HINT,
  },
  {
    kind: 'shared-memory',
    pattern: /insufficient shared memory \(shm\)|Bus error|No space left on device.*\/dev\/shm/,
    message: () => 'the shared memory of the container is too small',
    hint: 'Give the container more: shm_size of the service, or --ipc=host in the launcher.',
  },
  {
    kind: 'disk-full',
    pattern: /\[Errno 28\]|No space left on device/,
    message: () => 'a disk is full',
    hint: 'Delete models or images that are not needed (the Models page shows their sizes), then load again.',
  },
  {
    kind: 'weights',
    pattern: /SafetensorError: (.*)/,
    message: ([, what]) => `a file of the weights is damaged or was not downloaded whole: ${what}`,
    hint: 'Delete the model and download it again on the machine of this log.',
  },
  {
    kind: 'arch',
    pattern:
      /Model architectures \[([^\]]*)\] (?:are not supported for now|failed to be inspected)|model type .* but Transformers does not recognize/,
    message: ([, name]) =>
      name
        ? `the engine does not know the architecture ${name}`
        : 'the engine does not know the type of this model',
    hint: 'The image is older than the model: build or pull a newer one and set image.',
  },
  {
    kind: 'quantization',
    pattern:
      /The quantization method (\S+) is not supported for the current GPU\. Minimum capability: (\d+)\. Current capability: (\d+)|Unknown quantization method: (\S+?)\.? /,
    message: ([, method, least, have, unknown]) =>
      method
        ? `this GPU cannot compute ${method} weights (it is of capability ${have}, they need ${least})`
        : `the engine does not know weights in the format ${unknown}`,
    hint: 'Choose the model in another format, or a newer image.',
  },
  {
    kind: 'gpu-arch',
    pattern:
      /ptxas fatal\s*: Value '(\w+)' is not defined|no kernel image is available for execution on the device|No supported CUDA architectures found for major versions/,
    message: ([, arch]) => `the image was not built for this GPU${arch ? ` (${arch})` : ''}`,
    hint: OTHER_IMAGE,
  },
  {
    kind: 'cache-type',
    pattern: /type fp8e4nv not supported in this architecture/,
    message: () => 'this GPU cannot keep its cache in fp8',
    hint: 'Set the cache precision (kv_cache_dtype) in its settings to auto.',
  },
  {
    kind: 'kernels',
    pattern: /Ninja build failed|ninja: build stopped/,
    message: () => 'the engine could not compile a kernel it needs',
    hint: `${OTHER_IMAGE} If the log shows a killed compiler, memory ran out: set MAX_JOBS to 2 in env.`,
  },
  {
    kind: 'no-gpu',
    pattern:
      /Failed to infer device type|No CUDA GPUs are available|libcuda\.so\.1: cannot open|Current node has no GPU available/,
    message: () => 'the engine found no GPU in its container',
    hint: 'Check that nvidia-smi works on the machine and in a container (docker run --rm --gpus all <image> nvidia-smi); after an update of the driver the machine must be restarted.',
  },
  {
    kind: 'driver',
    pattern:
      /CUDA driver version is insufficient|NVIDIA driver on your system is too old|[Dd]river\/library version mismatch/,
    message: () => 'the GPU driver of the machine is older than the image needs, or half updated',
    hint: 'Restart the machine; if that does not help, update its driver or choose an older image.',
  },
  {
    kind: 'split',
    pattern:
      /Total number of attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\)/,
    message: ([, heads, parts]) => `${heads} attention heads cannot be shared by ${parts} GPUs`,
    hint: 'Set the parts (tensor_parallel) in its settings to a number that divides them: 1, 2, 4 or 8.',
  },
  {
    kind: 'too-few-gpus',
    pattern: /number of required GPUs exceeds the total number of available GPUs/,
    message: () => 'fewer GPUs joined than the model was to run on',
    hint: 'Look whether the container runs on every machine of the service, or lower the parts (tensor_parallel) in its settings.',
  },
  {
    kind: 'remote-code',
    pattern: /pass the argument `?trust_remote_code=True/,
    message: () => 'the model brings its own code, which is not allowed to run',
    hint: 'If you trust the publisher, add --trust-remote-code to args.',
  },
  {
    kind: 'parser',
    pattern: /invalid (tool call|reasoning) parser: (\S+)/,
    message: ([, what, name]) => `the engine has no ${what} parser ${name}`,
    hint: 'The image is older than the recipe, or the name is misspelt: change the parser or the image.',
  },
  {
    kind: 'context',
    pattern: /User-specified max_model_len \((\d+)\) is greater than the derived/,
    message: ([, length]) => `max_model_len ${length} is more than the model was made for`,
    hint: 'Lower the context length (max_model_len) in its settings, or leave it empty.',
  },
  {
    kind: 'argument',
    pattern: /(?:vllm serve|api_server\.py|vllm): error: (.*)/,
    message: ([, what]) => `the engine refuses an argument: ${what}`,
    hint: 'Change args in the settings of the model; the image may be older than the flag.',
  },
  {
    kind: 'port',
    pattern: /address already in use/i,
    message: () => 'the port is taken by another program',
    hint: 'Stop what listens there (ss -ltnp on the host), or change port in topology.yaml.',
  },
  {
    kind: 'network',
    pattern:
      /^.*NCCL error(?: in)?:(?: \S+:\d+,)? (.*?)(?:, NCCL version.*)?$|ncclSystemError|DistBackendError|unhandled system error/,
    message: ([, what]) => `the machines could not talk to each other${what ? `: ${what}` : ''}`,
    hint: 'Look at the cable and addresses of the fast link (ibdev2netdev on both machines).',
  },
  {
    kind: 'gated',
    pattern: /GatedRepoError|40[13] Client Error|Access to model \S+ is restricted/,
    message: () =>
      'a file of the model is missing, and its publisher gives it to known people only',
    hint: 'Agree to its terms on its page at huggingface.co, then download it here with your token.',
  },
  {
    kind: 'hub',
    pattern:
      /LocalEntryNotFoundError|OfflineModeIsEnabled|couldn't find them in the cached files|Cannot find any model weights/,
    message: () => 'a file of the model is not on the disk, and fetching is off',
    hint: 'Download the model again on every machine it runs on.',
  },
  {
    kind: 'permission',
    pattern: /PermissionError: \[Errno 13\] Permission denied: '([^']*)'/,
    message: ([, path]) => `the engine may not read or write ${path}`,
    hint: 'Look at who owns it (ls -l on the machine); files that a container downloaded belong to root.',
  },
  {
    kind: 'gpu-fault',
    pattern:
      /CUDA error: (an illegal memory access was encountered|unspecified launch failure|device-side assert triggered|misaligned address)/,
    message: ([, what]) => `the GPU code failed: ${what}`,
    hint: 'Load it again; if it comes back, try another moe_backend or a newer image, and look for Xid in the kernel log of the machine (dmesg).',
  },
]

/** Python's own last words, where no line of the log is known. */
export const EXCEPTIONS: readonly FailureLine[] = [
  {
    kind: 'error',
    pattern:
      /^(?!.*(?:[Ss]ee (?:root cause above|stack trace)|EngineDeadError))(?:\w+\.)*(\w*(?:Error|Exception)): (.+)/,
    message: ([, name, what]) => `${name}: ${what}`,
    hint: 'Look at the lines above it in the log.',
  },
]

/** What is said after a cause; alone it only tells that there was one. */
export const AFTERMATH: readonly FailureLine[] = [
  {
    kind: 'runtime',
    pattern: /EngineDeadError|died unexpectedly, shutting down executor/,
    message: () => 'the engine died',
    hint: 'Look at the lines above it in the log.',
  },
  {
    kind: 'engine',
    pattern:
      /Engine core initialization failed|EngineCore failed to start|WorkerProc initialization failed/,
    message: () => 'the engine could not start',
    hint: 'Look at the lines above it in the log.',
  },
]
