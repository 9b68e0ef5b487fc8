import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { moduleBeside } from '../core/module-beside.ts'
import { isAlive, TAKEN } from './lock.ts'
import { PROCESS_FILE, type ProcessFile } from './process-file.ts'
import { authorize } from './start.ts'

/** How a sandbox process is found or started. */
export interface SpawnOptions {
  dataDir: string
  authorizedKeys: readonly string[]
  /** Only for a newly started one; default 1. */
  speed?: number
}

/** A sandbox in a process of its own. */
export interface SpawnedSandbox extends ProcessFile {
  /** Whether it was running already, left by an earlier controller. */
  isAdopted: boolean
  /** Ends the process and waits until it is gone; may be called again. */
  close(): Promise<void>
}

const START_MS = 20_000
const END_MS = 10_000

/**
 * Adopts the sandbox process that still runs on this data folder, else starts one. It outlives a
 * controller that is killed; `close()` ends it.
 */
export async function spawnSandbox(options: SpawnOptions): Promise<SpawnedSandbox> {
  const folder = join(resolve(options.dataDir), 'sandbox')
  const running = await findRunning(folder)
  if (running) return adopt(running, options)
  try {
    const { facts, child } = await start(folder, options)
    return { ...facts, isAdopted: false, close: () => end(facts.pid, child) }
  } catch (error) {
    // Another controller may have been quicker with the same folder: its sandbox is starting.
    const isTaken = error instanceof Error && error.message.includes(TAKEN)
    for (let waitedMs = 0; isTaken && waitedMs < START_MS; waitedMs += 100) {
      const other = await findRunning(folder)
      if (other) return adopt(other, options)
      await wait(100)
    }
    throw error
  }
}

function adopt(running: ProcessFile, options: SpawnOptions): SpawnedSandbox {
  for (const host of running.hosts) authorize(host.home, options.authorizedKeys)
  return { ...running, isAdopted: true, close: () => end(running.pid) }
}

/** The sandbox of this folder, if its process lives and answers as itself. */
async function findRunning(folder: string): Promise<ProcessFile | undefined> {
  try {
    const facts = JSON.parse(readFileSync(join(folder, PROCESS_FILE), 'utf8')) as ProcessFile
    if (!isAlive(facts.pid)) return undefined
    const answer = await fetch(facts.controlUrl, { signal: AbortSignal.timeout(2000) })
    const { instance } = (await answer.json()) as { instance?: string }
    return instance === facts.instance ? facts : undefined
  } catch {
    return undefined // none, or none that answers: start one
  }
}

async function start(folder: string, options: SpawnOptions) {
  mkdirSync(folder, { recursive: true })
  const main = fileURLToPath(moduleBeside(import.meta.url, './main'))
  const log = openSync(join(folder, 'sandbox.log'), 'w')
  const keys = options.authorizedKeys.flatMap((key) => ['--authorized-key', key])
  const child = spawn(
    process.execPath,
    [
      main,
      '--data',
      options.dataDir,
      '--speed',
      `${options.speed ?? 1}`,
      ...keys,
      '--parent',
      `${process.pid}`,
    ],
    // A session of its own: neither ^C in the terminal nor the end of the controller reaches it.
    { detached: true, stdio: ['ignore', 'pipe', log] },
  )
  closeSync(log) // the child has its own
  const facts = await readFacts(child, folder)
  child.stdout?.destroy()
  child.unref()
  return { child, facts }
}

async function readFacts(child: ChildProcess, folder: string): Promise<ProcessFile> {
  const { stdout } = child
  if (!stdout) throw new Error('the sandbox process has no output')
  const lines = createInterface({ input: stdout })
  const timeout = AbortSignal.timeout(START_MS)
  // what comes after a good start is none of the start's business
  let isOver = false
  try {
    return await new Promise<ProcessFile>((done, fail) => {
      lines.once('line', (line) => done(JSON.parse(line) as ProcessFile))
      child.once('error', fail)
      child.once('exit', (code) => {
        if (isOver) return
        const why = readFileSync(join(folder, 'sandbox.log'), 'utf8').trim()
        fail(new Error(`the sandbox did not start (exit ${code}): ${why}`))
      })
      timeout.addEventListener('abort', () => {
        if (isOver) return
        child.kill('SIGKILL')
        fail(new Error(`the sandbox did not start within ${START_MS / 1000} s`))
      })
    })
  } finally {
    isOver = true
    lines.close()
  }
}

async function end(pid: number, child?: ChildProcess): Promise<void> {
  const isGone = () =>
    child ? child.exitCode !== null || child.signalCode !== null : !isAlive(pid)
  if (isGone()) return
  signal(pid, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < END_MS; waitedMs += 20) {
    if (isGone()) return
    await wait(20)
  }
  signal(pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // already gone
  }
}
