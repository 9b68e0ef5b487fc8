import { call } from '#ui'
import type { ScrubReply } from '../api.ts'

/** A text on its way out and back. */
export interface Tried {
  given: string
  scrubbed: string
  restored: string
  spans: ScrubReply['spans']
  /** Secrets and the like, which are not restored. */
  unresolved: number
  /** There is a local model, and it did not answer. */
  isWithoutModel: boolean
}

/** Scrubs a text, restores it, and has the session forgotten. Throws CallError. */
export async function tryText(text: string, mode: string, signal: AbortSignal): Promise<Tried> {
  const scrubbed = await call<ScrubReply>('POST /scrub', { body: { text, mode }, signal })
  const { handle, spans } = scrubbed
  const out = scrubbed.text ?? ''
  try {
    const back = await call<{ text: string; unresolved: number }>('POST /rehydrate', {
      body: { text: out, handle },
      signal,
    })
    return {
      ...{ given: text, scrubbed: out, restored: back.text, spans, unresolved: back.unresolved },
      isWithoutModel: scrubbed.is_without_model === true,
    }
  } finally {
    // what was only tried need not be kept; if it cannot be forgotten now, its time ends it
    await call(`DELETE /scrub/${handle}`).catch(() => {})
  }
}
