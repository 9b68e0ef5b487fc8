import type { Logger } from 'pino'
import type { Events } from '../events/events.ts'
import { type Act, entryOfAct, entryOfEvent } from './act-entry.ts'
import { type Audit, type AuditDeps, type AuditEntry, createAudit } from './audit.ts'
import type { AuditNote } from './audit-note.ts'

/** The audit log of a controller, and what fills it. */
export interface KeptAudit {
  audit: Audit
  record(act: Act): void
  /** What a service tells that is no act of an operate route. */
  note(note: AuditNote): void
}

/** Opens the log and keeps in it what the events tell; acts are told by `record`. Never throws there. */
export function keepAudit({
  events,
  log,
  ...deps
}: AuditDeps & { events: Events; log: Logger }): KeptAudit {
  const audit = createAudit(deps)
  const keep = (entry: AuditEntry): void => {
    try {
      audit.record(entry)
      events.publish({ type: 'changed', topic: 'audit', service: null })
    } catch (err) {
      // What was done is done; the log of the process has it at least.
      log.error({ err, entry }, 'an act could not be kept in the audit log')
    }
  }
  events.listen((event) => {
    const entry = entryOfEvent(event)
    if (entry) keep(entry)
  })
  return {
    audit,
    record: (act) => keep(entryOfAct(act)),
    note: ({ caller: { address, token = null }, ...note }) => keep({ ...note, address, token }),
  }
}
