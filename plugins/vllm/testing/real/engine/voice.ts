/** Lines as vLLM's processes write them. */
export const say = {
  /** A line of the API server. */
  api: (file: string, text: string, level = 'INFO') => write('APIServer', file, text, level),
  /** A line of the engine core. */
  core: (file: string, text: string, level = 'INFO') => write('EngineCore_DP0', file, text, level),
  /** A progress bar, drawn over the last one. */
  bar: (text: string) => process.stdout.write(`\r(EngineCore_DP0 pid=${process.pid}) ${text}\n`),
  /** A line without time and place. */
  plain: (text: string) => process.stdout.write(`(APIServer pid=${process.pid}) ${text}\n`),
}

function write(part: string, file: string, text: string, level: string): void {
  const now = new Date().toISOString()
  const stamp = `${now.slice(5, 10)} ${now.slice(11, 19)}`
  for (const line of text.split('\n')) {
    process.stdout.write(`(${part} pid=${process.pid}) ${level} ${stamp} [${file}] ${line}\n`)
  }
}
