import type { Detector } from '../detect/index.ts'
import { notAllowed, unite } from '../model/unite.ts'
import type { MaskTools } from '../scrub/mask-leaves.ts'
import { scrubLeaves } from '../scrub/scrub.ts'
import { createSession } from '../vault/session.ts'
import type { ScrubDone, ScrubJob } from './job.ts'

/** Does a job in the present thread; throws `Refused`. */
export function runJob(job: ScrubJob, detector: Detector): ScrubDone {
  const { leaves, session, look, binary, seen } = job
  const scan: MaskTools['scan'] = (text, of) => detector.detect(text, { ...look, ...of })
  const scanFirst: MaskTools['scan'] = (text, of) => {
    const own = scan(text, of)
    return seen ? unite(own, notAllowed(text, seen.spans, seen.allow)) : own
  }
  return scrubLeaves(leaves, createSession(session), { scan, scanFirst, binary })
}
