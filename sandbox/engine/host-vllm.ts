import { join } from 'node:path'
import type { Tool } from '../cluster.ts'
import { isServe } from '../docker/exec.ts'
import { VLLM_VERSION } from '../docker/version.ts'
import { startEngine } from './engine.ts'

/**
 * The `vllm` program of a host, without a container: `serve` goes on as long as the process that
 * asked for it, and the engine ends when that one does, whatever ended it.
 */
export const hostVllm: Tool = (call, host, cluster) => {
  const words = ['vllm', ...call.args]
  if (call.args[0] === '--version') {
    call.out(`${VLLM_VERSION}\n`)
    return 0
  }
  if (!isServe(words)) {
    call.err('usage: vllm [-h] [-v] {serve}\n')
    return 2
  }
  const env = { ...call.env, HF_HOME: call.env.HF_HOME || join(host.home, '.cache/huggingface') }
  const engine = startEngine({
    host,
    cluster,
    // the host's own paths mean what they say
    container: {
      processes: new Set(),
      env,
      mounts: [{ source: '/', target: '', isReadOnly: false }],
    },
    words,
    env,
    sink: call.out,
    shellArgs: words.join(' '),
  })
  call.signal.addEventListener('abort', () => engine.kill(), { once: true })
  return engine.ended
}
