import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** A controller in a process of its own, for tests that kill it or need its import hooks. */
export interface SpawnedController {
  url: string
  pid: number
  /** What it wrote so far, both streams. */
  output(): string
  kill(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts `node core/main.ts` with these arguments; resolves when it greets with its address.
 * `nodeArgs` come before the program (`--import`), which may be another one, of another Node,
 * and run in another folder.
 */
export async function spawnController(
  args: string[],
  env: Record<string, string> = {},
  nodeArgs: string[] = [],
  { node = process.execPath, main = MAIN, cwd = process.cwd() } = {},
): Promise<SpawnedController> {
  const child = spawn(node, [...nodeArgs, main, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const greeted = /is up: (http\S+)/.exec(output)
      if (greeted?.[1]) resolve(greeted[1])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) =>
      reject(new Error(`the controller ended with ${code} before it was up:\n${output}`)),
    )
  })
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    kill: (signal) => end(child, signal),
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}
