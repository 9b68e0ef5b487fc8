import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A public model's config.json, trimmed, with the figures a correct reading of it gives. */
export interface BenchModel {
  id: string
  /** The format in words; says where it stands if not in the config. */
  quant: string
  config: Record<string, unknown>
  expect: {
    layers: Record<string, number>
    kvBytesPerTokenBf16: number
    kvBytesPerTokenFp8: number
    windowBytesPerTokenBf16: number
    window: number | null
    stateBytesPerSequence: number
    kvGiBAt32kFp8: number
    paramsB: number
    estWeightGiB: number
    planTwoGB10: string
    planOneGB10: string
    vision: boolean
  }
}

/**
 * The models of `$BENCH_DATA/model-configs.json`; empty where BENCH_DATA is not set, which is said
 * in one line. Throws when it is set and cannot be read, so that a CI that has the data uses it.
 */
export function benchModels(
  env: NodeJS.ProcessEnv = process.env,
  say: (line: string) => void = console.info,
): BenchModel[] {
  const folder = env.BENCH_DATA
  if (!folder) {
    say('BENCH_DATA is not set: configs of public models are not checked')
    return []
  }
  try {
    const text = readFileSync(join(folder, 'model-configs.json'), 'utf8')
    return (JSON.parse(text) as { models: BenchModel[] }).models
  } catch (cause) {
    if (env.CI === 'true') throw new Error(`BENCH_DATA=${folder} cannot be read`, { cause })
    say(`${folder}/model-configs.json cannot be read: public models are not checked`)
    return []
  }
}
