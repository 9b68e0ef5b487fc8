import { stitchMeetings } from './chunks.ts'
import { compareLabels } from './labels.ts'
import { measureSpeed } from './speed.ts'

/** What README.md describes; status 1 if a limit is missed or the folder cannot be read. */
const folder = process.argv[2] ?? process.env.BENCH_DATA
const results = [measureSpeed(), stitchMeetings()]
if (folder === undefined) {
  console.log('labels: NOT MEASURED, since no data was named. See bench/speech/README.md.')
} else {
  try {
    results.push(compareLabels(folder))
  } catch (error) {
    console.log(`labels: NOT MEASURED: ${(error as Error).message}`)
    results.push(false)
  }
}
const missed = results.filter((isFine) => !isFine).length
console.log(missed === 0 ? 'every limit measured was kept' : `${missed} parts missed a limit`)
process.exitCode = missed === 0 ? 0 : 1
