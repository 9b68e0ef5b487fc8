import { expect, test } from 'vitest'
import { parseServe } from './serve-options.ts'

test('the options that matter are read in every spelling', () => {
  expect(
    parseServe(
      `org/m --served-model-name a b --port=9 -tp 2 --max-model-len 32K --gpu_memory_utilization 0.7
      --kv-cache-dtype fp8 --no-enable-prefix-caching -O3 --compilation-config.level 3
      --speculative-config {"method":"mtp"} --nnodes 2 --node-rank 1 --headless`.split(/\s+/),
    ),
  ).toMatchObject({
    model: 'org/m',
    servedNames: ['a', 'b'],
    port: 9,
    tensorParallel: 2,
    maxModelLen: 32_768,
    gpuMemoryUtilization: 0.7,
    kvCacheDtype: 'fp8',
    hasDrafter: true,
    nodeCount: 2,
    nodeRank: 1,
    isHeadless: true,
  })
})

test('what is not said has vLLM’s defaults', () => {
  expect(parseServe(['org/m'])).toMatchObject({
    servedNames: ['org/m'],
    port: 8000,
    tensorParallel: 1,
    gpuMemoryUtilization: 0.9,
    kvCacheDtype: 'auto',
    maxNumSeqs: 256,
  })
})

test.each([
  ['org/m --nope', 'unrecognized arguments: --nope'],
  ['org/m other', 'unrecognized arguments: other'],
  ['org/m --port', 'argument --port: expected one argument'],
  ['org/m --port x', "argument --port: invalid int value: 'x'"],
  ['org/m --port --host y', 'argument --port: expected one argument'],
  ['org/m --served-model-name', 'argument --served-model-name: expected at least one argument'],
])('%s is answered by argparse', (words, mistake) => {
  expect(parseServe(words.split(' '))).toEqual({ mistake })
})
