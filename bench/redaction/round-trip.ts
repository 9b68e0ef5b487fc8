import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { createDetector } from '../../plugins/redaction/detect/index.ts'
import { ENTITY_TYPES } from '../../plugins/redaction/entity-types.ts'
import { restoreJson } from '../../plugins/redaction/rehydrate/json.ts'
import { noCounts } from '../../plugins/redaction/rehydrate/restorer.ts'
import { scrubbedValue } from '../../plugins/redaction/scrub/input.ts'
import { jsonTree, leavesOf } from '../../plugins/redaction/scrub/tree.ts'
import { runJob } from '../../plugins/redaction/threads/run-job.ts'
import { createSession } from '../../plugins/redaction/vault/session.ts'
import { atMost, type Limit } from './limits.ts'

const TEXTS = 20_000
const STRUCTURES = 5_000

/** What texts are made of: talk, values, signs that mean something to a parser, and any unicode. */
const piece = fc.oneof(
  fc.lorem({ maxCount: 4 }),
  fc.emailAddress(),
  fc.webUrl({ withQueryParameters: true }),
  fc.ipV4(),
  fc.ipV6(),
  fc.uuid(),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    ...[
      'Alice Smith',
      "Bob O'Neil",
      'Zoë',
      'Иван',
      '山田',
      '+49 151 2345678',
      'password: x1!y',
      '4711',
    ],
    ...[
      '[[PERSON1K7]]',
      'PERSON1K7',
      '[[',
      ']]',
      '"',
      '\\',
      '\\u0041',
      '%40',
      '&#64;',
      '\u200b',
      '\ud800',
    ],
    ...['\n', '\t', ', ', ' (', ') ', '@', '://', 'data:', '😀', '{"a":"Alice"}'],
  ),
)
const text = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(' '))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.constantFrom(true, null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('name', 'arguments')), tie('tree'), {
      maxKeys: 3,
    }),
  ),
}))

/** Texts and structures that did not come back as they were; what is refused is none of them. */
export function roundTripLimits(): Limit[] {
  const detector = createDetector({ regions: [], deny: [], allow: [], patterns: [] })
  let refused = 0
  const isLost = (given: unknown): boolean => {
    try {
      const input = jsonTree(given)
      const leaves = leavesOf(input)
      const session = { handle: 'h', owner: null, checkKey: Buffer.from('bench'), entries: [] }
      const { texts, replacements, added } = runJob(
        { leaves, session, look: { mode: 'strict' }, binary: 'blank' },
        detector,
      )
      const out = scrubbedValue(input, {
        texts: new Map(leaves.map((leaf, n) => [leaf, texts[n] ?? ''])),
        replacements: new Map(leaves.map((leaf, n) => [leaf, replacements[n] ?? []])),
      })
      const known = createSession({ ...session, entries: added })
      const options = { format: 'text', types: ENTITY_TYPES } as const
      return !isDeepStrictEqual(restoreJson(out, known, options, noCounts()), given)
    } catch {
      // nothing of it would go out; how many those are is a figure of its own
      refused++
      return false
    }
  }
  const lostTexts = fc.sample(text, { numRuns: TEXTS, seed: 1 }).filter(isLost).length
  const structures = fc.sample(tree, { numRuns: STRUCTURES, seed: 2 })
  const lostStructures = structures
    .map((given) => JSON.parse(JSON.stringify(given ?? null)) as unknown)
    .filter(isLost).length
  return [
    atMost(`round trip: of ${TEXTS} made texts not the same again`, lostTexts, 0),
    atMost(`round trip: of ${STRUCTURES} made structures not the same again`, lostStructures, 0),
    atMost('round trip: of both refused', refused / (TEXTS + STRUCTURES), 0.01),
  ]
}
