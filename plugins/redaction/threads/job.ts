import type { DetectContext } from '../detect/index.ts'
import type { ModelSpan } from '../model/model-layer.ts'
import type { Entry } from '../rehydrate/restorer.ts'
import type { Leaf } from '../scrub/leaf.ts'
import type { Replacement } from '../scrub/replace.ts'
import type { Session } from '../vault/session.ts'

/** Everything it takes to scrub some leaves, as it goes to another thread. */
export interface ScrubJob {
  leaves: readonly Leaf[]
  session: Pick<Session, 'handle' | 'owner' | 'checkKey' | 'entries'>
  look: Omit<DetectContext, 'known'>
  binary: 'refuse' | 'blank'
  /** What a local model has found in the document of the leaves, and the terms it may not mask. */
  seen?: { spans: readonly ModelSpan[]; allow: readonly string[] }
}

/** What has become of each leaf, in their order, and the values a session has to keep for it. */
export interface ScrubDone {
  texts: readonly string[]
  replacements: readonly (readonly Replacement[])[]
  added: readonly Entry[]
}

/** When nobody waits for a job any more. */
export interface JobEnd {
  /** The time is over: whatever works on it is stopped by force. */
  late: AbortSignal
  /** Who asked has left: it is not begun. */
  gone: AbortSignal
}

/** Scrubs jobs somewhere. Throws `Refused`, and nothing of a job is in it. */
export interface Scrubber {
  scrub(job: ScrubJob, end: JobEnd): Promise<ScrubDone>
}
