import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tagged } from '../../../plugins/redaction/detect/tagger/labels.ts'

/** A text with its entities, offsets in UTF-16 units. */
export interface Example {
  text: string
  spans: { type: Tagged; start: number; end: number }[]
}

/** Files of the folder `ner-train` and which column their label has: first or last of a line. */
export const CONLL_FILES = [
  'btc_a.conll',
  'btc_b.conll',
  'btc_e.conll',
  'btc_f.conll',
  'btc_g.conll',
  'wnut_wnut17train.conll',
  'wnut_emerging.dev.conll',
  'sec_fin5.txt',
]

const TYPES: Record<string, Tagged> = {
  PER: 'PERSON',
  person: 'PERSON',
  ORG: 'ORG',
  corporation: 'ORG',
  group: 'ORG',
  LOC: 'LOCATION',
  location: 'LOCATION',
}

export function readConll(folder: string, file: string): Example[] {
  return readFileSync(join(folder, file), 'utf8')
    .split(/\n\s*\n/)
    .map((block) =>
      block.split('\n').filter((line) => line.trim() && !line.startsWith('-DOCSTART')),
    )
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const rows = lines.map((line) => line.split(/\s+/).filter(Boolean))
      return asText(rows.map((row) => [row[0] ?? '', row.length > 1 ? (row.at(-1) ?? 'O') : 'O']))
    })
}

/** Contracts call their parties Borrower and Bank, which names nobody. */
const PARTIES =
  /^(?:the )?(?:borrower|lender|bank|company|employee|employer|agent|tenant|landlord|seller|buyer|purchaser|executive|administrative agent)s?$/i

/** Writes tokens as people would: no space before a comma, none behind an opening bracket. */
function asText(tokens: readonly (readonly [word: string, label: string])[]): Example {
  let text = ''
  let last = 'O'
  const spans: Example['spans'] = []
  for (const [word, label] of tokens) {
    const isTight = /^(?:[.,;:!?)\]}%]+|'\w{1,2}|n't)$/.test(word) || /[([{#@$]$/.test(text)
    if (text !== '' && !isTight) text += ' '
    const start = text.length
    text += word
    // handles are a rule's; the sets disagree on whether they are people
    const isHandle = word.startsWith('@') || text.charAt(start - 1) === '@'
    const type = isHandle ? undefined : TYPES[label.slice(2)]
    const open = spans.at(-1)
    const goesOn = label.startsWith('I-') && last.slice(2) === label.slice(2)
    if (type && goesOn && open) open.end = text.length
    else if (type) spans.push({ type, start, end: text.length })
    last = label
  }
  return { text, spans: spans.filter(({ start, end }) => !PARTIES.test(text.slice(start, end))) }
}
