import { createServer } from 'node:net'
import type { Cluster, SimHost } from '../cluster.ts'
import type { EnginePlace } from '../docker/daemon.ts'
import { GIB } from '../host/memory.ts'
import { closeServer, listen } from '../ports.ts'
import { badArguments, EngineFailure, fabricBroken, peerLost } from './failures.ts'
import { createEngineServer, type Serving } from './http.ts'
import { type Loaded, loadEngine } from './load.ts'
import { createVoice, type EngineVoice } from './log-lines.ts'
import { createMetrics } from './metrics.ts'
import { parseServe, type ServeOptions } from './serve-options.ts'
import type { EngineProcess, World } from './world.ts'

/** What starts an engine: the words behind `vllm serve`, in a container or on the host itself. */
export interface EngineStart {
  host: SimHost
  cluster: Cluster
  container: EnginePlace
  words: readonly string[]
  env: Record<string, string>
  /** Where its output goes. */
  sink(text: string): void
  /** How the shell that runs it shows up in `docker top`. */
  shellArgs: string
}

export interface Engine extends EngineProcess {
  /** The exit status; 137 when killed. */
  ended: Promise<number>
}

/** Starts `vllm serve` in a container: loads, serves, and ends by itself, by fault or killed. */
export function startEngine(start: EngineStart): Engine {
  const { host, cluster, container, words } = start
  const pids = { shell: cluster.nextPid(), api: cluster.nextPid(), core: cluster.nextPid() }
  const parsed = parseServe(words.slice(2))
  const rank = 'mistake' in parsed ? 0 : parsed.nodeRank
  const coreName = rank > 0 ? `Worker_TP${rank}` : 'EngineCore_DP0'
  const voice = createVoice(start.sink, pids, coreName)
  const stopping = new AbortController()
  const owner = `engine:${pids.core}`
  let settle: (status: number) => void = () => undefined
  const ended = new Promise<number>((resolve) => {
    settle = resolve
  })
  const engine: Engine = {
    ended,
    processes: () => [
      { pid: pids.shell, args: start.shellArgs },
      { pid: pids.api, args: `/usr/bin/python3 /usr/local/bin/${words.join(' ')}` },
      { pid: pids.core, args: `VLLM::${coreName.replace(/_DP0$/, '')}` },
    ],
    kill: () => finish(137),
  }
  container.processes.add(engine)
  const finish = (status: number) => {
    if (!container.processes.delete(engine)) return
    stopping.abort(new Error('the engine ended'))
    host.memory.release(owner)
    host.gpu.setLoad(owner, 0)
    host.gpu.setProcess(owner, undefined)
    settle(status)
  }
  const fault = container.fault ?? host.faults.takeLaunch()
  container.fault = undefined
  const life: Life = { ...start, voice, owner, pids, coreName, stopping, finish, fault }
  live(life, parsed).catch((error: unknown) => {
    if (stopping.signal.aborted || cluster.closing.aborted) return finish(137)
    if (error instanceof EngineFailure) {
      error.say(voice)
      return finish(error.exitCode)
    }
    voice.apiPlain(`sandbox: ${error instanceof Error ? error.stack : String(error)}`)
    return finish(70)
  })
  return engine
}

interface Life extends EngineStart {
  voice: EngineVoice
  owner: string
  pids: { api: number; core: number }
  coreName: string
  stopping: AbortController
  fault: EnginePlace['fault']
  finish(status: number): void
}

async function live(life: Life, options: ReturnType<typeof parseServe>): Promise<void> {
  if ('mistake' in options) {
    await life.cluster.pace.sleep(500, life.stopping.signal)
    throw badArguments(options.mistake)
  }
  const { host, cluster, container, voice, owner } = life
  const signal = life.stopping.signal
  const world = joinWorld(life, options)
  const onGpu = { pid: life.pids.core, name: `VLLM::${life.coreName}`, container: container.id }
  host.gpu.setProcess(owner, { ...onGpu, usedMib: 512 })
  const loaded = await loadEngine({
    host,
    cluster,
    container,
    options,
    voice,
    owner,
    signal,
    fault: life.fault,
    isPortFree: () => isFree(options.port),
    meet: () => meet(life, world),
  })
  const usedMib = Math.round((host.memory.claimOf(owner) / GIB) * 1024)
  host.gpu.setProcess(owner, { ...onGpu, usedMib })
  host.gpu.setLoad(owner, 0)
  const own = world?.ranks.get(options.nodeRank)
  if (own) own.isLoaded = true
  if (options.nodeRank > 0) return
  while (world && ![...world.ranks.values()].every((each) => each.isLoaded)) {
    await cluster.pace.sleep(200, signal)
  }
  await serveHttp(life, options, loaded)
}

/** Takes this node's place in a multi-node run. */
function joinWorld(life: Life, options: ServeOptions): World | undefined {
  if (options.nodeCount < 2) return undefined
  const { worlds } = life.cluster
  const key = options.masterAddress
  const world = worlds.get(key) ?? { size: options.nodeCount, ranks: new Map() }
  worlds.set(key, world)
  const own = {
    isLoaded: false,
    lose(lostRank: number) {
      if (life.stopping.signal.aborted) return
      peerLost(lostRank).say(life.voice)
      life.finish(1)
    },
  }
  world.ranks.set(options.nodeRank, own)
  life.stopping.signal.addEventListener('abort', () => {
    if (world.ranks.get(options.nodeRank) !== own) return
    world.ranks.delete(options.nodeRank)
    if (world.ranks.size === 0) worlds.delete(key)
    for (const other of [...world.ranks.values()]) other.lose(options.nodeRank)
  })
  return world
}

async function meet(life: Life, world: World | undefined): Promise<void> {
  for (let tries = 0; world && world.ranks.size < world.size; tries += 1) {
    if (tries >= 60) throw fabricBroken()
    await life.cluster.pace.sleep(500, life.stopping.signal)
  }
}

async function serveHttp(life: Life, options: ServeOptions, loaded: Loaded): Promise<void> {
  const { host, cluster, voice, stopping } = life
  const metrics = createMetrics()
  const die = () => {
    if (stopping.signal.aborted) return
    voice.core(
      'core.py:855',
      'EngineCore encountered a fatal error.\nTraceback (most recent call last):\ntorch.AcceleratorError: CUDA error: unspecified launch failure',
      'ERROR',
    )
    voice.api(
      'async_llm.py:546',
      'vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See stack trace (above) for the root cause.',
      'ERROR',
    )
    life.finish(1)
  }
  const serving: Serving = {
    ...loaded,
    options,
    metrics,
    die,
    pace: cluster.pace,
    faults: host.faults,
    maxNumSeqs: options.maxNumSeqs,
    gone: stopping.signal,
    startedAtS: Math.floor(Date.now() / 1000),
    logAccess: (line) => voice.uvicorn(line),
  }
  const server = createEngineServer(serving)
  if (!(await listen(server, options.port)))
    throw new Error(`port ${options.port} was taken meanwhile`)
  if (stopping.signal.aborted) return closeServer(server)
  server.on('error', () => undefined) // listening again after a fault; the port may be taken then
  const obey = () => {
    const { http, engine } = host.faults.current()
    if (engine === 'die') {
      host.faults.end('engine')
      return die()
    }
    if (http === 'refuse') {
      server.close()
      server.closeAllConnections()
    } else if (!server.listening) server.listen({ port: options.port, host: '127.0.0.1' })
  }
  const leave = host.faults.watch(obey)
  const load = setInterval(() => {
    const running = metrics.running + (host.faults.current().busy ? 6 : 0)
    host.gpu.setLoad(life.owner, running > 0 ? 88 + Math.min(8, running) : 0)
  }, 250)
  stopping.signal.addEventListener('abort', () => {
    leave()
    clearInterval(load)
    server.close()
    server.closeAllConnections()
    host.gpu.setLoad(life.owner, 0)
  })
  obey()
  voice.api(
    'api_server.py:1846',
    `Starting vLLM API server 0 on http://${options.host}:${options.port}`,
  )
  voice.uvicorn(`Started server process [${life.pids.api}]`)
  voice.uvicorn('Waiting for application startup.')
  voice.uvicorn('Application startup complete.')
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  if (!(await listen(probe, port))) return false
  await closeServer(probe)
  return true
}
