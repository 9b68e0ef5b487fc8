import { parentPort } from 'node:worker_threads'
import type { ScrubJob } from '../threads/job.ts'

/** A thread that does as its text says, or gives it back. */
parentPort?.on('message', ({ leaves }: ScrubJob) => {
  const text = leaves[0]?.text ?? ''
  if (text === 'hang') for (;;);
  if (text === 'exit') process.exit(0)
  if (text.startsWith('throw')) throw new Error(`cannot read "${text}"\n    at ${text} (x.ts:1)`)
  parentPort?.postMessage({ done: { texts: [text], replacements: [[]], added: [] } })
})
