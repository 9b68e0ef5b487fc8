/** Who writes a trace, and how: the forms vLLM has had from 0.9 on, and a Ray worker's. */
export const SPEAKERS = {
  core: '(EngineCore_DP0 pid=312) ERROR 11-24 02:20:11 [core.py:845] ',
  'core of one process': '(EngineCore pid=312) ERROR 11-24 02:20:11 [core.py:1136] ',
  'core of old': 'ERROR 06-23 06:03:48 [core.py:515] ',
  worker: '(EngineCore_DP0 pid=312) (Worker_TP1 pid=340) ERROR 11-24 02:20:11 [multiproc.py:711] ',
  'ray worker': '(RayWorkerWrapper pid=91, ip=10.0.0.2) ERROR 11-24 02:20:11 [worker_base.py:612] ',
  'API server': '(APIServer pid=1) ',
  nobody: '',
} as const

/**
 * The log of a load that ended with `cause`: the settings vLLM prints, progress, a trace by the
 * speaker, and the general words that follow every cause.
 */
export function failedLog(cause: string, speaker: string): string[] {
  const info = (text: string) => `(APIServer pid=1) INFO 11-24 02:19:02 [utils.py:233] ${text}`
  const trace = (text: string) => text.split('\n').map((line) => `${speaker}${line}`)
  return [
    info("non-default args: {'model_tag': 'Org/Model', 'trust_remote_code': True, 'port': 8888}"),
    "(EngineCore_DP0 pid=312) INFO 11-24 02:19:20 [core.py:93] Initializing a V1 LLM engine (v0.14.1) with config: model='Org/Model', trust_remote_code=True, dtype=torch.bfloat16, kv_cache_dtype=fp8",
    '(EngineCore_DP0 pid=312) WARNING 11-24 02:19:22 [interface.py:221] Using a slower kernel: no kernel image is available for execution on the device for the fast one',
    '(EngineCore_DP0 pid=312) INFO 11-24 02:19:25 [gpu_model_runner.py:3259] Starting to load model Org/Model...',
    '(EngineCore_DP0 pid=312) Loading safetensors checkpoint shards:  50% Completed | 4/8 [00:20<00:20,  5.01s/it]',
    ...trace('EngineCore failed to start.'),
    ...trace('Traceback (most recent call last):'),
    ...trace(
      '  File "/usr/local/lib/python3.12/dist-packages/vllm/v1/engine/core.py", line 836, in run_engine_core\n    engine_core = EngineCoreProc(*args, engine_index=dp_rank, **kwargs)',
    ),
    ...trace(cause),
    ...trace(
      'Exception: WorkerProc initialization failed due to an exception in a background process. See stack trace for root cause.',
    ),
    '(APIServer pid=1) Traceback (most recent call last):',
    '(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
  ]
}
