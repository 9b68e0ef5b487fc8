import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchCancel, type CancelRow } from './cancel.ts'
import { printTable } from './figures.ts'
import { benchJson, type JsonRow } from './json.ts'
import { has, stopAll } from './processes.ts'
import { benchStreams, STREAMS, type StreamRow } from './stream.ts'

/**
 * node bench/gateway/run.ts [--quick] — the gateway beside direct, nginx and @fastify/http-proxy, in
 * one run and interleaved rounds. Ends with status 1 when a limit is missed.
 */
const isQuick = process.argv.includes('--quick')

interface Limit {
  what: string
  figure: number
  limit: number
  isMet: boolean
}

if (!has('wrk')) {
  console.error('This needs wrk (Debian: apt install wrk).')
  process.exit(2)
}
// What was started ends with us, also when somebody stops the run.
process.on('exit', stopAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
let isMet = false
try {
  isMet = await run()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(isMet ? 0 : 1)

async function run(): Promise<boolean> {
  const json = await benchJson(folder, isQuick ? 4 : 15, 1)
  printJson(json)
  const streams = await benchStreams(folder, isQuick ? 2 : 5, 30)
  printStreams(streams)
  const cancel = await benchCancel(isQuick ? 150 : 1_000)
  printCancel(cancel)
  const limits = [...jsonLimits(json), ...streamLimits(streams), ...cancelLimits(cancel)]
  console.log('')
  printTable(
    ['limit', 'figure', 'limit', ''],
    limits.map(({ what, figure, limit, isMet: met }) => [
      what,
      round(figure),
      limit,
      met ? 'met' : 'MISSED',
    ]),
  )
  return limits.every((limit) => limit.isMet)
}

function atMost(what: string, figure: number, limit: number): Limit {
  return { what, figure, limit, isMet: figure <= limit }
}

function atLeast(what: string, figure: number, limit: number): Limit {
  return { what, figure, limit, isMet: figure >= limit }
}

function jsonLimits(rows: JsonRow[]): Limit[] {
  const ours = rows.find(({ name }) => name === 'ours')
  if (!ours) throw new Error('a target is missing')
  return [
    atMost('added p50 of a request, ms', ours.addedP50Ms, 0.25),
    atMost("CPU per request, share of http-proxy's", ours.cpuShare, 0.6),
    atLeast("requests/s, share of http-proxy's", ours.requestsShare, 1.5),
    atMost('failed requests', ours.errors, 0),
  ]
}

function streamLimits(rows: StreamRow[]): Limit[] {
  const ours = rows.find(({ name }) => name === 'ours')
  if (!ours) throw new Error('a target is missing')
  return [
    atMost(`added p50 of a token at ${STREAMS} streams, ms`, ours.addedP50Ms, 0.2),
    atMost('tokens lost or out of order', ours.lost, 0),
  ]
}

function cancelLimits(rows: CancelRow[]): Limit[] {
  const ours = rows.find(({ name }) => name === 'ours')
  if (!ours) throw new Error('a target is missing')
  return [
    atMost(`client gone → server told at ${ours.points} cut points, longest, ms`, ours.maxMs, 50),
    atMost('requests that went on for nobody', ours.leaked, 0),
  ]
}

function printJson(rows: JsonRow[]): void {
  console.log('Requests and answers (850 B up, 450 B down; p50 at 1 connection, the rest at 32;')
  console.log('best round; shares are medians of the rounds)')
  printTable(
    ['', 'added p50 ms', 'requests/s', '× http-proxy', 'CPU µs/request', '× http-proxy', 'IQR %'],
    rows.map((row) => [
      row.name,
      round(row.addedP50Ms),
      Math.round(row.requestsPerS),
      round(row.requestsShare),
      row.cpuUsPerRequest === 0 ? '–' : round(row.cpuUsPerRequest),
      row.cpuUsPerRequest === 0 ? '–' : round(row.cpuShare),
      Math.round(row.spreadPercent),
    ]),
  )
}

function printStreams(rows: StreamRow[]): void {
  console.log(`\nEvent streams (${STREAMS} at once, 10 tokens/s each)`)
  printTable(
    ['', 'added p50 ms', 'p99 ms', 'CPU µs/token', 'tokens', 'lost'],
    rows.map((row) => [
      row.name,
      round(row.addedP50Ms),
      round(row.p99Ms),
      row.name === 'direct' ? '–' : round(row.cpuUsPerToken),
      row.tokens,
      row.lost,
    ]),
  )
}

function printCancel(rows: CancelRow[]): void {
  console.log(`\nClients that leave in upload, prefill and stream (${rows[0]?.points} points each)`)
  printTable(
    ['', 'p50 ms', 'p99 ms', 'longest ms', 'leaked'],
    rows.map((row) => [row.name, round(row.p50Ms), round(row.p99Ms), round(row.maxMs), row.leaked]),
  )
  const restlessMs = rows.find(({ name }) => name === 'direct')?.maxMs ?? 0
  if (restlessMs > 10) {
    console.log(`Without any gateway it took up to ${round(restlessMs)} ms: this machine is busy.`)
  }
}

function round(figure: number): number {
  return Number(figure.toPrecision(3))
}
