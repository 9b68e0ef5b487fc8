import { parentPort, workerData } from 'node:worker_threads'
import { createDetector, type DetectorOptions } from '../detect/index.ts'
import { type RefusalCode, Refused } from '../refused.ts'
import { type Fault, placesOf } from '../scrub/places-of.ts'
import type { ScrubDone, ScrubJob } from './job.ts'
import { runJob } from './run-job.ts'

/** What a thread answers to a job: never a message of an error, which may quote the text. */
export type Said = { done: ScrubDone } | { refused: RefusalCode } | { fault: Fault }

const detector = createDetector(workerData as DetectorOptions)

parentPort?.on('message', (job: ScrubJob) => parentPort?.postMessage(answerTo(job)))

function answerTo(job: ScrubJob): Said {
  try {
    return { done: runJob(job, detector) }
  } catch (thrown) {
    return thrown instanceof Refused ? { refused: thrown.code } : { fault: placesOf(thrown) }
  }
}
