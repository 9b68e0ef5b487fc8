import type { Cluster, SimHost } from '../cluster.ts'
import type { EnginePlace } from '../docker/daemon.ts'
import { VLLM_VERSION } from '../docker/version.ts'
import type { LaunchFault } from '../faults.ts'
import { GIB } from '../host/memory.ts'
import * as fail from './failures.ts'
import { type ModelShape, readShape } from './fit.ts'
import { type EngineVoice, graphBar, shardBar } from './log-lines.ts'
import { findModel, type ModelFiles } from './model-files.ts'
import { MODEL_TYPES, REASONING_PARSERS, TOOL_PARSERS } from './parsers.ts'
import type { ServeOptions } from './serve-options.ts'

/** What loading needs to know and to touch. */
export interface Loading {
  host: SimHost
  cluster: Cluster
  container: EnginePlace
  options: ServeOptions
  voice: EngineVoice
  fault: LaunchFault | undefined
  /** Under which name memory and GPU are claimed. */
  owner: string
  signal: AbortSignal
  isPortFree(): Promise<boolean>
  /** Meets the other nodes; resolves when all of them are there. */
  meet(): Promise<void>
}

/** What a loaded engine serves with. */
export interface Loaded {
  maxModelLen: number
  cacheTokens: number
}

// Bytes a second from the disk of a Spark into its memory, with a good loader.
const READ_BYTES_PER_S = 3.5 * GIB
const OVERHEAD_BYTES = 3.2 * GIB
const GRAPH_BYTES = 0.58 * GIB

/** Everything between the start of `vllm serve` and its first answer; throws an EngineFailure. */
export async function loadEngine(loading: Loading): Promise<Loaded> {
  const { options, voice, fault } = loading
  const isWorker = options.nodeRank > 0
  const wait = createWait(loading)
  const { files, shape, maxModelLen } = await startFrontend(loading, wait, isWorker)
  await startCore(loading, wait, shape)
  const weightBytes = files.weightBytes / (options.tensorParallel * options.pipelineParallel)
  await loadWeights(loading, wait, files, weightBytes)
  if (fault === 'crash') throw fail.crashed()
  await compile(loading, wait)
  const loaded = await sizeCache(loading, wait, shape, weightBytes, maxModelLen)
  if (!options.isEager) await captureGraphs(loading, wait)
  voice.core(
    'core.py:210',
    'init engine (profile, create kv cache, warmup model) took 8.47 seconds',
  )
  return loaded
}

type Wait = (ms: number) => Promise<void>

function createWait(loading: Loading): Wait {
  const factor = loading.fault === 'slow' ? 8 : 1
  return (ms) => loading.cluster.pace.sleep(ms * factor, loading.signal)
}

async function startFrontend(loading: Loading, wait: Wait, isWorker: boolean) {
  const { options, voice, fault, container } = loading
  await wait(700)
  voice.api('utils.py:325', `vLLM API server version ${VLLM_VERSION}`)
  voice.api('utils.py:253', `non-default args: ${JSON.stringify(options.given)}`)
  const parser = options.toolCallParser
  if (fault === 'parser')
    throw fail.unknownParser('tool call', parser ?? 'qwen3_xml', TOOL_PARSERS.slice(0, 12))
  if (parser && !TOOL_PARSERS.includes(parser)) {
    throw fail.unknownParser('tool call', parser, TOOL_PARSERS)
  }
  const reasoning = options.reasoningParser
  if (reasoning && !REASONING_PARSERS.includes(reasoning)) {
    throw fail.unknownParser('reasoning', reasoning, REASONING_PARSERS)
  }
  const files = fault === 'hub' ? undefined : findModel(options.model, container)
  if (!files) throw fail.notInCache(options.model)
  const shape = readShape(files.config)
  if (fault === 'arch' || !MODEL_TYPES.includes(shape.modelType)) {
    throw fail.unknownArchitecture(shape.architecture)
  }
  if (fault === 'remote-code' || (files.config.auto_map && !options.trustsRemoteCode)) {
    throw fail.remoteCodeNeeded(options.model)
  }
  voice.api('model.py:547', `Resolved architecture: ${shape.architecture}`)
  const wanted = options.maxModelLen
  if (typeof wanted === 'number' && wanted > shape.maxPositions) {
    throw fail.contextTooLong(wanted, shape.maxPositions)
  }
  const maxModelLen = typeof wanted === 'number' ? wanted : shape.maxPositions
  voice.api('model.py:1510', `Using max model len ${maxModelLen}`)
  await wait(400)
  if (fault === 'port' || (!isWorker && !(await loading.isPortFree())))
    throw fail.portTaken(options)
  return { files, shape, maxModelLen }
}

async function startCore(loading: Loading, wait: Wait, shape: ModelShape): Promise<void> {
  const { options, voice, fault, host } = loading
  await wait(900)
  const world = options.tensorParallel * options.pipelineParallel
  voice.core(
    'core.py:77',
    `Initializing a V1 LLM engine (v${VLLM_VERSION}) with config: model='${options.model}', tensor_parallel_size=${options.tensorParallel}, kv_cache_dtype=${options.kvCacheDtype}, served_model_name=${options.servedNames[0]}`,
  )
  if (fault === 'nccl') throw fail.fabricBroken()
  await loading.meet()
  voice.core(
    'parallel_state.py:1208',
    `rank ${options.nodeRank} in world size ${world} is assigned as DP rank 0, PP rank 0, TP rank ${options.nodeRank}, EP rank ${options.nodeRank}`,
  )
  const share = options.gpuMemoryUtilization
  const free = host.memory.availableBytes()
  if (fault === 'memory-busy') {
    const cached = host.memory.totalBytes * Math.min(0.24, share / 2)
    throw fail.memoryBusy(cached, host.memory.totalBytes, share)
  }
  if (free < host.memory.totalBytes * share) {
    throw fail.memoryBusy(free, host.memory.totalBytes, share)
  }
  voice.core('gpu_model_runner.py:2602', `Starting to load model ${options.model}...`)
  voice.core('cuda.py:366', `Using FLASHINFER backend for ${shape.architecture}.`)
  await wait(300)
}

async function loadWeights(
  loading: Loading,
  wait: Wait,
  files: ModelFiles,
  weightBytes: number,
): Promise<void> {
  const { host, voice, fault, owner } = loading
  const seconds = weightBytes / READ_BYTES_PER_S
  const perShardS = seconds / files.shardCount
  const gib = (bytes: number) => (bytes / GIB).toFixed(2)
  voice.core(
    'weight_utils.py:392',
    `Filesystem type for checkpoints: EXT4. Checkpoint size: ${gib(files.weightBytes)} GiB. Available RAM: ${gib(host.memory.availableBytes())} GiB.`,
  )
  host.gpu.setLoad(owner, 12)
  voice.plain(shardBar(0, files.shardCount, perShardS))
  for (let done = 1; done <= files.shardCount; done += 1) {
    await wait(perShardS * 1000)
    const isHalfway = done * 2 >= files.shardCount
    const isFull = !host.memory.claim(owner, (weightBytes * done) / files.shardCount)
    if (isFull || (fault === 'oom' && isHalfway)) {
      throw fail.outOfMemory(isFull ? 0.4 * GIB : 1.12 * GIB, host.memory.totalBytes)
    }
    host.memory.cacheFiles(weightBytes / files.shardCount)
    voice.plain(shardBar(done, files.shardCount, perShardS))
    if (fault === 'hang' && isHalfway) await loading.cluster.pace.sleep(2 ** 30, loading.signal)
  }
  voice.core('default_loader.py:267', `Loading weights took ${seconds.toFixed(2)} seconds`)
  if (loading.options.hasDrafter) {
    voice.core('gpu_model_runner.py:2640', 'Loading drafter model...')
    voice.plain(shardBar(1, 1, 0.4))
    await wait(400)
  }
  voice.core(
    'gpu_model_runner.py:2653',
    `Model loading took ${gib(weightBytes)} GiB memory and ${(seconds + 0.6).toFixed(6)} seconds`,
  )
}

async function compile(loading: Loading, wait: Wait): Promise<void> {
  const { voice, host, owner, options } = loading
  host.gpu.setLoad(owner, 35)
  if (!options.isEager) {
    await wait(900)
    voice.core('backends.py:559', 'Dynamo bytecode transform time: 4.91 s')
    await wait(1200)
    voice.core('backends.py:197', 'Compiling a graph for dynamic shape takes 8.22 s')
    voice.core('monitor.py:34', 'torch.compile takes 13.13 s in total')
  }
  await wait(700)
  voice.core('gpu_worker.py:276', 'Initial profiling/warmup run took 2.31 s')
}

async function sizeCache(
  loading: Loading,
  wait: Wait,
  shape: ModelShape,
  weightBytes: number,
  maxModelLen: number,
): Promise<Loaded> {
  const { host, voice, fault, owner, options } = loading
  const budget = host.memory.totalBytes * options.gpuMemoryUtilization
  const cacheBytes = budget - weightBytes - OVERHEAD_BYTES - GRAPH_BYTES
  const perValue = options.kvCacheDtype.startsWith('fp8') ? 1 : 2
  const perToken = shape.kvBytesPerToken(options.tensorParallel, perValue)
  const gib = (bytes: number) => (bytes / GIB).toFixed(2)
  voice.core(
    'gpu_model_runner.py:3411',
    `Estimated CUDA graph memory: ${gib(GRAPH_BYTES)} GiB total`,
  )
  voice.core('gpu_worker.py:298', `Available KV cache memory: ${gib(cacheBytes)} GiB`)
  if (fault === 'kv-none' || cacheBytes <= 0) throw fail.noCacheMemory()
  const needed = perToken * maxModelLen
  if (fault === 'kv-small') throw fail.cacheTooSmall(maxModelLen, needed, needed * 0.62)
  const fits = Math.floor(cacheBytes / perToken / 16) * 16
  const length = options.maxModelLen === 'auto' ? Math.min(maxModelLen, fits) : maxModelLen
  if (length > fits) throw fail.cacheTooSmall(length, needed, cacheBytes)
  const amount = (count: number) => Math.floor(count).toLocaleString('en-US')
  voice.core(
    'kv_cache_utils.py:1087',
    `GPU KV cache size: ${amount(fits / shape.cacheGroups)} tokens`,
  )
  voice.core(
    'kv_cache_utils.py:1091',
    `Maximum concurrency for ${amount(length)} tokens per request: ${(fits / length).toFixed(2)}x`,
  )
  if (!host.memory.claim(owner, budget)) throw fail.outOfMemory(0.4 * GIB, host.memory.totalBytes)
  voice.core('autotuner.py:214', 'flashinfer.jit: [Autotuner]: Autotuning process starts ...')
  await wait(800)
  voice.core('autotuner.py:220', 'flashinfer.jit: [Autotuner]: Autotuning process ends')
  return { maxModelLen: length, cacheTokens: fits }
}

async function captureGraphs(loading: Loading, wait: Wait): Promise<void> {
  const { voice } = loading
  await wait(1200)
  voice.plain(graphBar('mixed prefill-decode, PIECEWISE', 51))
  await wait(600)
  voice.plain(graphBar('decode, FULL', 35))
  voice.core('gpu_model_runner.py:3480', 'Graph capturing finished in 3 secs, took 0.58 GiB')
}
