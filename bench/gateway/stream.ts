import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { least } from './figures.ts'
import { writeNginx } from './nginx.ts'
import { cpuUs, has, onCore, type Started, startNginx, startNode } from './processes.ts'

export interface StreamRow {
  name: string
  /** Best round against the best direct round. */
  addedP50Ms: number
  p99Ms: number
  cpuUsPerToken: number
  tokens: number
  lost: number
}

interface Round {
  p50Ms: number
  p99Ms: number
  tokens: number
  lost: number
  cpuUs: number
}

export const STREAMS = 500

/** Event streams at the pace of people reading: every target in every round. */
export async function benchStreams(
  folder: string,
  rounds: number,
  tokens: number,
): Promise<StreamRow[]> {
  const server = await startNode('server-stream.ts', [String(tokens)], 0)
  const origin = `http://127.0.0.1:${server.port}`
  const targets: [string, Started, string][] = [['direct', server, '']]
  if (has('nginx')) {
    const { port, args } = await writeNginx(folder, 'stream-proxy', origin)
    targets.push(['nginx', await startNginx(args, port, 1), '/api/llm'])
  }
  // @fastify/http-proxy is left out: its pool of 128 connections never opens 500 streams at once.
  targets.push(['ours', await startNode('server-ours.ts', [origin], 1), '/api/llm'])
  const taken = new Map<string, Round[]>(targets.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, started, prefix] of targets) {
      taken.get(name)?.push(await measure(started, prefix, tokens))
    }
  }
  const direct = taken.get('direct') ?? []
  return targets.map(([name]) => row(name, taken.get(name) ?? [], direct))
}

async function measure({ pid, port }: Started, prefix: string, tokens: number): Promise<Round> {
  const url = `http://127.0.0.1:${port}${prefix}/v1/chat/completions`
  const client = new URL('client-stream.ts', import.meta.url).pathname
  const before = cpuUs(pid)
  const [program = '', ...args] = onCore(0, [
    ...[process.execPath, client, url, String(STREAMS), String(tokens)],
  ])
  const { stdout } = await promisify(execFile)(program, args)
  const read = JSON.parse(stdout) as Round & { disordered: number; unfinished: number }
  return {
    p50Ms: read.p50Ms,
    p99Ms: read.p99Ms,
    tokens: read.tokens,
    lost: read.lost + read.disordered + read.unfinished,
    cpuUs: cpuUs(pid) - before,
  }
}

const row = (name: string, rounds: Round[], direct: Round[]): StreamRow => ({
  name,
  addedP50Ms: least(rounds.map(({ p50Ms }) => p50Ms)) - least(direct.map(({ p50Ms }) => p50Ms)),
  p99Ms: least(rounds.map(({ p99Ms }) => p99Ms)),
  cpuUsPerToken: least(rounds.map(({ cpuUs: used, tokens }) => used / tokens)),
  tokens: rounds.reduce((sum, { tokens }) => sum + tokens, 0),
  lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
})
