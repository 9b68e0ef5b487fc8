import { say } from './voice.ts'

/** The options of `vllm serve` that matter here. */
export interface ServeOptions {
  model: string
  servedNames: string[]
  host: string
  port: number
  tensorParallel: number
  nodeCount: number
  nodeRank: number
  masterAddress: string
  masterPort: number
}

const SWITCHES = new Set([
  '--headless',
  '--enable-auto-tool-choice',
  '--trust-remote-code',
  '--enforce-eager',
])

/** Reads the words behind `vllm serve`; ends the process as argparse does when it cannot. */
export function parseServe(words: readonly string[]): ServeOptions {
  const positional: string[] = []
  const values = new Map<string, string[]>()
  let name: string | undefined
  for (const word of words) {
    if (/^--?[a-z]/.test(word)) {
      const [flag = '', inline] = word.split(/=(.*)/s)
      values.set(flag, inline === undefined ? [] : [inline])
      name = SWITCHES.has(flag) || inline !== undefined ? undefined : flag
    } else if (name === undefined) positional.push(word)
    else values.get(name)?.push(word)
    if (name !== '--served-model-name' && name !== undefined && values.get(name)?.length)
      name = undefined
  }
  const [model = '', ...rest] = positional
  if (rest.length > 0) refuse(`unrecognized arguments: ${rest.join(' ')}`)
  const one = (flag: string, otherwise: string) => values.get(flag)?.[0] ?? otherwise
  const number = (flag: string, otherwise: number) => {
    const value = Number(one(flag, `${otherwise}`))
    if (!Number.isInteger(value)) refuse(`argument ${flag}: invalid int value: '${one(flag, '')}'`)
    return value
  }
  return {
    model,
    servedNames: values.get('--served-model-name') ?? [model],
    host: one('--host', '0.0.0.0'),
    port: number('--port', 8000),
    tensorParallel: number('-tp', 1),
    nodeCount: number('--nnodes', 1),
    nodeRank: number('--node-rank', 0),
    masterAddress: one('--master-addr', '127.0.0.1'),
    masterPort: number('--master-port', 29501),
  }
}

function refuse(mistake: string): never {
  say.plain('usage: vllm serve [model_tag] [options]')
  say.plain(`vllm serve: error: ${mistake}`)
  process.exit(2)
}
