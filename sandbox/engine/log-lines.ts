/** Writes lines as vLLM's processes do. */
export interface EngineVoice {
  /** `(APIServer pid=…) INFO 11-24 02:26:51 [file.py:12] text`. */
  api(file: string, text: string, level?: Level): void
  /** The same for the engine core, or the worker on the other hosts. */
  core(file: string, text: string, level?: Level): void
  /** A line of the engine core without time and place (progress bars, prints). */
  plain(text: string): void
  /** The same for the API server (traces, argparse). */
  apiPlain(text: string): void
  /** A line of the API server's uvicorn. */
  uvicorn(text: string): void
}

export type Level = 'INFO' | 'WARNING' | 'ERROR'

/** The voice of one engine; `corePrefix` is `EngineCore_DP0` or `Worker_TP1`. */
export function createVoice(
  sink: (text: string) => void,
  pids: { api: number; core: number },
  corePrefix: string,
): EngineVoice {
  const line = (prefix: string, level: Level, file: string, text: string) => {
    for (const each of text.split('\n')) sink(`${prefix} ${level} ${stamp()} [${file}] ${each}\n`)
  }
  const api = `(APIServer pid=${pids.api})`
  const core = `(${corePrefix} pid=${pids.core})`
  return {
    api: (file, text, level = 'INFO') => line(api, level, file, text),
    core: (file, text, level = 'INFO') => line(core, level, file, text),
    plain: (text) => sink(`${core} ${text}\n`),
    apiPlain: (text) => sink(`${api} ${text}\n`),
    uvicorn: (text) => sink(`${api} INFO:     ${text}\n`),
  }
}

/** A bar as tqdm draws the loading of weight files; vLLM ends each drawing with a line feed. */
export function shardBar(done: number, total: number, perShardS: number): string {
  const percent = `${Math.round((100 * done) / total)}`.padStart(3)
  const elapsed = clock(done * perShardS)
  const rest = done === 0 ? '?' : clock((total - done) * perShardS)
  const rate = done === 0 ? '?it/s' : ` ${perShardS.toFixed(2)}s/it`
  return `\rLoading safetensors checkpoint shards: ${percent}% Completed | ${done}/${total} [${elapsed}<${rest}, ${rate}]`
}

/** The bar of the graph capture: many drawings in one line, as a log without terminal gets it. */
export function graphBar(kind: string, total: number): string {
  const drawings = []
  for (let done = 0; done <= total; done += Math.max(1, Math.floor(total / 8))) {
    drawings.push(graphDrawing(kind, done, total))
  }
  drawings.push(graphDrawing(kind, total, total))
  return drawings.join('')
}

function graphDrawing(kind: string, done: number, total: number): string {
  const percent = `${Math.round((100 * done) / total)}`.padStart(3)
  const bar = '█'.repeat(Math.round((10 * done) / total)).padEnd(10)
  return `\rCapturing CUDA graphs (${kind}): ${percent}%|${bar}| ${done}/${total} [00:0${Math.round((3 * done) / total)}<00:00, 12.40it/s]`
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${`${Math.floor(whole / 60)}`.padStart(2, '0')}:${`${whole % 60}`.padStart(2, '0')}`
}

function stamp(): string {
  const iso = new Date().toISOString()
  return `${iso.slice(5, 10)} ${iso.slice(11, 19)}`
}
