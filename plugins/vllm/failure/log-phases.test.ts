import { describe, expect, it } from 'vitest'
import { findFailure } from './failures.ts'
import { createLogReader } from './log-phases.ts'

const ENGINE = '(EngineCore_DP0 pid=271) INFO 11-24 02:16:0'
const read = (...lines: string[]) => {
  const reader = createLogReader()
  return lines.map((line) => reader.read(line))
}

describe('reading the log of a load', () => {
  it('walks through the phases and never back', () => {
    const seen = read(
      `${ENGINE}1 [core.py:77] Initializing a V1 LLM engine (v0.29.0) with config: model='Org/M'`,
      `${ENGINE}2 [gpu_model_runner.py:2602] Starting to load model Org/M...`,
      'Loading safetensors checkpoint shards:   0% Completed | 0/14 [00:00<?, ?it/s]',
      'Loading safetensors checkpoint shards:  50% Completed | 7/14 [00:31<00:31,  4.4s/it]',
      `${ENGINE}3 [default_loader.py:268] Loading weights took 61.20 seconds`,
      `${ENGINE}4 [gpu_model_runner.py:2653] Model loading took 33.21 GiB and 63.9 seconds`,
      'Loading safetensors checkpoint shards:   0% Completed | 0/1 [00:00<?, ?it/s]',
      `${ENGINE}5 [kv_cache_utils.py:1087] GPU KV cache size: 1,253,392 tokens`,
      'Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  60%|██████    | 6/10',
      `${ENGINE}6 [core.py:210] init engine (profile, create kv cache, warmup model) took 71.9 s`,
      '(APIServer pid=1) INFO 11-24 02:18:01 [api_server.py:1971] Starting vLLM API server 0 on http://0.0.0.0:8888',
    )
    expect(seen.map(({ phase }) => phase)).toEqual([
      'starting engine',
      'loading weights',
      'loading weights',
      'loading weights',
      'loading weights',
      'compiling',
      'compiling',
      'sizing cache',
      'capturing graphs',
      'opening port',
      'opening port',
    ])
    const percents = seen.map(({ percent }) => percent)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    expect(percents[3]).toBe(35)
    expect(percents.at(-1)).toBe(94)
  })

  it('a bare shard bar counts, and bars are told from lines', () => {
    const seen = read(' 40% Completed | 2/5 [00:10<00:15]', 'INFO something else')
    expect(seen[0]).toMatchObject({ phase: 'loading weights', isBar: true })
    expect(seen[1]).toMatchObject({ phase: 'loading weights', isBar: false })
  })

  it('a load that skips phases is followed all the same', () => {
    const [only] = read(
      '(APIServer pid=1) INFO 11-24 02:18:01 [x.py:1] Application startup complete.',
    )
    expect(only?.phase).toBe('opening port')
  })

  it.each([
    '0',
    'Capturing CUDA graphs (',
    'init engine (',
    'model type ',
    'Error in memory profiling. Initial free memory 1',
  ])('lines of nothing but %j, however long, are read and judged', (unit) => {
    const lines = Array.from({ length: 100 }, () => unit.repeat(65_536 / unit.length))
    expect(read(...lines).at(-1)?.percent).toBe(0)
    findFailure(lines)
  })

  it('lines that say nothing move nothing', () => {
    expect(read('', 'hello', 'WARNING 11-24 02:16:01 [x.py:1] be careful').at(-1)).toEqual({
      phase: null,
      percent: 0,
      isBar: false,
    })
  })
})
