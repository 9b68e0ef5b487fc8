import { best, least, median, spread } from './figures.ts'
import { writeNginx } from './nginx.ts'
import { cpuUs, has, type Started, startNginx, startNode } from './processes.ts'
import { writeRequest, wrk } from './wrk.ts'

export interface JsonRow {
  name: string
  /** Best round against the best direct round: neighbours on the machine only ever add. */
  addedP50Ms: number
  requestsPerS: number
  cpuUsPerRequest: number
  /** Medians over the rounds, each against @fastify/http-proxy in the same round. */
  requestsShare: number
  cpuShare: number
  errors: number
  spreadPercent: number
}

interface Target {
  name: string
  url: string
  pid: number | null
}

interface Round {
  p50Ms: number
  requestsPerS: number
  cpuUs: number
  errors: number
}

/** Requests and answers: every target in every round, one after the other. */
export async function benchJson(
  folder: string,
  rounds: number,
  seconds: number,
): Promise<JsonRow[]> {
  const targets = await startTargets(folder)
  const request = writeRequest(folder)
  for (const target of targets) await wrk(target.url, request, 32, 1) // warm
  const taken = new Map<string, Round[]>(targets.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, url, pid } of targets) {
      const alone = await wrk(url, request, 1, seconds)
      const before = pid === null ? 0 : cpuUs(pid)
      const loaded = await wrk(url, request, 32, seconds)
      const usedUs = pid === null ? 0 : cpuUs(pid) - before
      taken.get(name)?.push({
        p50Ms: alone.p50Ms,
        requestsPerS: loaded.requestsPerS,
        cpuUs: usedUs / loaded.requests,
        errors: alone.errors + loaded.errors,
      })
    }
  }
  const direct = taken.get('direct') ?? []
  const proxy = taken.get('@fastify/http-proxy') ?? []
  return targets.map(({ name }) => row(name, taken.get(name) ?? [], direct, proxy))
}

async function startTargets(folder: string): Promise<Target[]> {
  const server = await startServer(folder)
  const origin = `http://127.0.0.1:${server.port}`
  const path = '/v1/chat/completions'
  const targets: Target[] = [{ name: 'direct', url: `${origin}${path}`, pid: null }]
  if (has('nginx')) {
    const { port, args } = await writeNginx(folder, 'proxy', origin)
    const proxy = await startNginx(args, port, 1)
    targets.push(target('nginx', proxy, `/api/llm${path}`))
  }
  const proxy = await startNode('server-http-proxy.ts', [origin], 1)
  const ours = await startNode('server-ours.ts', [origin], 1)
  targets.push(target('@fastify/http-proxy', proxy, `/api/llm${path}`))
  targets.push(target('ours', ours, `/api/llm${path}`))
  targets.push(target('ours, /v1 by model', ours, path))
  return targets
}

async function startServer(folder: string): Promise<Started> {
  if (!has('nginx')) return startNode('server-json.ts', [], 0)
  const { port, args } = await writeNginx(folder, 'server', null)
  return startNginx(args, port, 0)
}

const target = (name: string, { pid, port }: Started, path: string): Target => ({
  name,
  pid,
  url: `http://127.0.0.1:${port}${path}`,
})

const leastMs = (rounds: Round[]): number => least(rounds.map(({ p50Ms }) => p50Ms))

const row = (name: string, rounds: Round[], direct: Round[], proxy: Round[]): JsonRow => ({
  name,
  addedP50Ms: leastMs(rounds) - leastMs(direct),
  requestsPerS: best(rounds.map((round) => round.requestsPerS)),
  cpuUsPerRequest: least(rounds.map((round) => round.cpuUs)),
  requestsShare: median(
    rounds.map((round, i) => round.requestsPerS / (proxy[i]?.requestsPerS ?? 0)),
  ),
  cpuShare: median(rounds.map((round, i) => round.cpuUs / (proxy[i]?.cpuUs ?? 0))),
  errors: rounds.reduce((sum, round) => sum + round.errors, 0),
  spreadPercent: spread(rounds.map((round) => round.requestsPerS)),
})
