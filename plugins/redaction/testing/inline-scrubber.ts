import type { Detector } from '../detect/index.ts'
import { Refused } from '../refused.ts'
import { placesOf } from '../scrub/places-of.ts'
import type { Scrubber } from '../threads/job.ts'
import { runJob } from '../threads/run-job.ts'

/** Scrubs in the thread of the test, with a detector of the test. */
export const inlineScrubber = (
  detector: Detector,
  log: { error(fields: object, message: string): void },
): Scrubber => ({
  async scrub(job) {
    try {
      return runJob(structuredClone(job), detector)
    } catch (thrown) {
      if (thrown instanceof Refused) throw thrown
      log.error(placesOf(thrown), 'scrub failed')
      throw new Refused('SCRUB_FAILED')
    }
  },
})
