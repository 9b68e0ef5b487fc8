import type { Call } from '../api.ts'

/** What the audit log shall say, in the owner's words. Never what a text said, nor whom it named. */
export interface AuditNote {
  /** The route: `POST /v1/chat/completions`. */
  action: string
  title: string
  outcome: 'done' | 'refused' | 'failed'
  /** Why it was refused or failed. */
  code?: string
  caller: Pick<Call['caller'], 'address' | 'token'>
}
