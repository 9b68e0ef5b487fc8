import { setTimeout as sleep } from 'node:timers/promises'
import { serveHttp } from './http.ts'
import { dieOfMemory, findRevision } from './model.ts'
import { parseServe } from './options.ts'
import { meetPeers } from './peers.ts'
import { say } from './voice.ts'

/**
 * Behaves like `vllm serve` where an operator can tell: options, log lines, a port that refuses until
 * the model is loaded, nodes that need each other, and its way of dying. It runs in the container.
 */
const [action, ...words] = process.argv.slice(2)
if (action !== 'serve') {
  process.stderr.write('usage: vllm serve <model> [options]\n')
  process.exit(2)
}
process.on('SIGTERM', () => process.exit(143))

const options = parseServe(words)
say.api('utils.py:325', 'vLLM API server version 0.29.0')
const revision = findRevision(options.model)
say.api('model.py:547', `Resolved architecture: ${revision.architecture}`)
say.core(
  'core.py:77',
  `Initializing a V1 LLM engine (v0.29.0) with config: model='${options.model}', tensor_parallel_size=${options.tensorParallel}`,
)
await meetPeers(options)
say.core('gpu_model_runner.py:2602', `Starting to load model ${options.model}...`)
for (const [index, shard] of revision.shards.entries()) {
  await sleep(200)
  const done = index + 1
  const total = revision.shards.length
  say.bar(
    `Loading safetensors checkpoint shards: ${String(Math.round((100 * done) / total)).padStart(3)}% Completed | ${done}/${total} [00:0${index}<00:00, 5.00it/s]`,
  )
  if (/oom/i.test(options.model) && done * 2 >= total) dieOfMemory(shard)
}
say.core(
  'default_loader.py:267',
  `Loading weights took ${(revision.shards.length * 0.2).toFixed(2)} seconds`,
)
say.core('gpu_model_runner.py:2653', 'Model loading took 15.27 GiB memory and 1.400000 seconds')
await sleep(200)
say.core('backends.py:559', 'Dynamo bytecode transform time: 4.91 s')
say.core('gpu_worker.py:298', 'Available KV cache memory: 30.21 GiB')
say.core('kv_cache_utils.py:1087', 'GPU KV cache size: 439,968 tokens')
await sleep(200)
say.bar('Capturing CUDA graphs (decode, FULL): 100%|██████████| 35/35 [00:01<00:00, 12.40it/s]')
say.core('gpu_model_runner.py:3480', 'Graph capturing finished in 1 secs, took 0.58 GiB')
say.core('core.py:210', 'init engine (profile, create kv cache, warmup model) took 1.47 seconds')
if (options.nodeRank === 0) serveHttp(options)
