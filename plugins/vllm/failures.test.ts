import { describe, expect, it } from 'vitest'
import { findFailure } from './failures.ts'

const P = '(EngineCore_DP0 pid=312) ERROR 11-24 02:20:11 [core.py:710] '

describe('the cause in a log', () => {
  it.each([
    [
      'memory-busy',
      `${P}ValueError: Free memory on device cuda:0 (71.2/121.69 GiB) on startup is less than desired GPU memory utilization (0.8, 97.35 GiB). Decrease GPU memory utilization`,
      'only 71.2 of 121.69 GiB were free, 97.35 GiB were asked for (gpu_memory_utilization 0.8)',
      /page cache/,
    ],
    [
      'kv-none',
      `${P}ValueError: No available memory for the cache blocks. Try increasing it`,
      'after the weights no memory was left for the cache',
      /gpu_memory_utilization/,
    ],
    [
      'kv-small',
      `${P}ValueError: To serve at least one request with the model's max seq len (262144), (8.00 GiB KV cache is needed, which is larger than the available KV cache memory (3.11 GiB). Based on the available memory, the estimated maximum model length is 101888.`,
      'a context of 262144 tokens needs 8.00 GiB of cache, 3.11 GiB are left',
      /max_model_len to 101888/,
    ],
    [
      'oom',
      `${P}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.`,
      'the GPU ran out of memory',
      /Lower/,
    ],
    [
      'arch',
      `ValueError: Model architectures ['Foo5ForCausalLM'] are not supported for now.`,
      "the engine does not know the architecture 'Foo5ForCausalLM'",
      /newer/,
    ],
    [
      'remote-code',
      'ValueError: Please pass the argument `trust_remote_code=True` to allow custom code',
      'the model brings its own code, which is not allowed to run',
      /trust/,
    ],
    [
      'parser',
      'KeyError: invalid tool call parser: gemma9 (chose from { hermes })',
      'the engine has no tool call parser gemma9',
      /older/,
    ],
    [
      'argument',
      'vllm serve: error: unrecognized arguments: --frobnicate',
      'the engine refuses an argument: unrecognized arguments: --frobnicate',
      /args/,
    ],
    [
      'port',
      'OSError: [Errno 98] Address already in use',
      'the port is taken by another program',
      /ss -ltnp/,
    ],
    [
      'network',
      'RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO)',
      'the machines could not talk to each other: unhandled system error (run with NCCL_DEBUG=INFO)',
      /cable/,
    ],
    [
      'hub',
      'huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot',
      'a file of the model is not on the disk, and fetching is off',
      /Download/,
    ],
  ])('%s', (kind, line, message, hint) => {
    const failure = findFailure(['INFO fine', line])
    expect(failure).toMatchObject({ kind, message })
    expect(failure?.hint).toMatch(hint)
  })

  it('the first specific line counts, not the summary below it', () => {
    const failure = findFailure([
      `${P}EngineCore failed to start.`,
      `${P}ValueError: No available memory for the cache blocks.`,
      'RuntimeError: Engine core initialization failed. See root cause above.',
    ])
    expect(failure?.kind).toBe('kv-none')
  })

  it('without a known cause the first error is quoted', () => {
    const failure = findFailure([
      'fine',
      'Traceback (most recent call last):',
      'KeyError: "layers.3"',
    ])
    expect(failure?.message).toBe('KeyError: "layers.3"')
  })

  it('a log without any error names none', () => {
    expect(findFailure(['INFO all is well'])).toBeUndefined()
  })
})
