import { parseArgs } from 'node:util'
import { printTable, quantile } from '../../gateway/figures.ts'
import { benchHangUp } from './hang-up.ts'
import { longWav, wavBytes } from './long-wav.ts'
import { growthDuring, residentMb } from './memory.ts'
import { type Stage, startStage } from './stage.ts'
import { upload } from './upload.ts'

/** What it must show. */
const MOST_GROWTH_MB = 60
const MOST_HANG_UP_MS = 200

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '2' }, points: { type: 'string', default: '100' } },
})
const seconds = Number(values.hours) * 3600

const quick = await startStage(100_000)
const isSmall = await measureMemory(quick).finally(quick.close)
const slow = await startStage(1)
const isPrompt = await measureHangUp(slow).finally(slow.close)
process.exitCode = isSmall && isPrompt ? 0 : 1

/** Each way once to warm up with a minute of audio, then with all of it. */
async function measureMemory({ controller }: Stage): Promise<boolean> {
  const rows: (string | number)[][] = []
  let isWithin = true
  for (const model of ['whole', 'limited']) {
    for (let warm = 0; warm < 20; warm += 1) await send(controller.url, model, 60)
    const beforeMb = residentMb(controller.pid)
    const startedAt = performance.now()
    const { result, growthMb } = await growthDuring(controller.pid, () =>
      send(controller.url, model, seconds),
    )
    const tookS = (performance.now() - startedAt) / 1000
    const isRight = Math.abs(result.duration - seconds) < 1 && result.words > seconds
    isWithin &&= isRight && growthMb < MOST_GROWTH_MB
    rows.push([
      ...[model, `${Math.round(wavBytes(seconds) / 1e6)} MB`, tookS.toFixed(1)],
      ...[Math.round(beforeMb), growthMb.toFixed(1), result.words, isRight ? 'yes' : 'NO'],
    ])
  }
  console.log(
    `\nA file of ${values.hours} hours, memory of the controller (limit ${MOST_GROWTH_MB} MB)`,
  )
  printTable(['service', 'file', 'took s', 'before MB', 'growth MB', 'words', 'right'], rows)
  return isWithin
}

async function send(url: string, model: string, length: number) {
  const sizeBytes = wavBytes(length)
  const { status, text } = await upload(url, { model, sizeBytes, parts: longWav(length) })
  if (status !== 200) throw new Error(`${status}: ${text.slice(0, 300)}`)
  const { duration, words } = JSON.parse(text) as { duration: number; words: unknown[] }
  return { duration, words: words.length }
}

async function measureHangUp(stage: Stage): Promise<boolean> {
  const taken = await benchHangUp(stage, Number(values.points))
  const mostMs = quantile(taken, 1)
  console.log(
    `\nA caller hangs up during the decode: until the server is told (limit ${MOST_HANG_UP_MS} ms)`,
  )
  printTable(
    ['', 'points', 'p50 ms', 'p99 ms', 'max ms'],
    [['', taken.length, ...[0.5, 0.99, 1].map((share) => quantile(taken, share).toFixed(1))]],
  )
  return mostMs < MOST_HANG_UP_MS
}
