import type { OldNames } from '#core'

/** The tables of its words, for whoever comes from the first Spark Control. It had its paths in any case. */
export const imports: OldNames = {
  id: 'redaction',
  names: ['scrub', 'scrubber', 'pii'],
  isAlways: true,
  variables: {
    mode: ['REDACTION_MODE', 'SCRUB_MODE'],
    regions: ['REDACTION_REGIONS', 'SCRUB_REGIONS'],
    deny: ['REDACTION_DENY', 'SCRUB_DENY'],
    allow: ['REDACTION_ALLOW', 'SCRUB_ALLOW'],
    ttl: ['REDACTION_TTL', 'SCRUB_TTL'],
  },
}
