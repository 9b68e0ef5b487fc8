import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onCore } from './processes.ts'

export interface WrkResult {
  requests: number
  requestsPerS: number
  p50Ms: number
  errors: number
}

const run = promisify(execFile)

/** Writes the request every target gets: a chat completion of about 850 bytes. */
export function writeRequest(folder: string): string {
  const body = JSON.stringify({
    model: 'm',
    messages: [{ role: 'user', content: 'a question that goes on '.repeat(32) }],
  })
  const file = join(folder, 'request.lua')
  writeFileSync(
    file,
    `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = ${JSON.stringify(body)}\n`,
  )
  return file
}

/** One run of wrk from core 0. */
export async function wrk(
  url: string,
  request: string,
  connections: number,
  seconds: number,
): Promise<WrkResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', request, url]
  const [program = 'wrk', ...rest] = onCore(0, ['wrk', ...args])
  const { stdout } = await run(program, rest)
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+)/.exec(stdout)
  return {
    requests,
    requestsPerS: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    errors: Number(failed) + (broken?.slice(1).reduce((sum, n) => sum + Number(n), 0) ?? 0),
  }
}

function milliseconds(match: RegExpExecArray | null): number {
  const unit = match?.[2] === 'us' ? 0.001 : match?.[2] === 's' ? 1000 : 1
  return Number(match?.[1]) * unit
}
