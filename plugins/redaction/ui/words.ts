import type { Mark } from '#ui'
import type { SpanView } from '../api.ts'

/** What a type is called by people. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  PERSON: 'person',
  ORG: 'organisation',
  LOCATION: 'place',
  ADDRESS: 'address',
  EMAIL: 'e-mail',
  PHONE: 'phone',
  CARD: 'bank card',
  IBAN: 'bank account',
  SSN: 'social security number',
  ID: 'id number',
  IP: 'network address',
  MAC: 'device address',
  URL: 'web address',
  DATE: 'date',
  CRYPTO: 'crypto address',
  SECRET: 'secret',
  ACCOUNT: 'account',
  NRP: 'origin or belief',
  AGE: 'age',
  ZIP: 'postcode',
  TITLE: 'title',
  TERM: 'unknown word',
  NUM: 'number',
}

/** What found something, in the words of who pasted it. */
export const LAYER_NAMES: Readonly<Record<string, string>> = {
  rule: 'Fixed patterns and checksums',
  tagger: 'The name finder',
  list: 'Your own lists',
  propagated: 'Found elsewhere in the text',
  residual: 'Unknown, so masked to be safe',
  model: 'The local model',
}

export const nameOf = (type: string): string => TYPE_NAMES[type] ?? type.toLowerCase()

const TONES: Readonly<Record<string, Mark['tone']>> = {
  ...{ PERSON: 'info', ORG: 'info', TITLE: 'info', NRP: 'info', AGE: 'info' },
  ...{ LOCATION: 'good', ADDRESS: 'good', ZIP: 'good', DATE: 'good' },
  ...{ SECRET: 'bad', CARD: 'bad', IBAN: 'bad', SSN: 'bad', CRYPTO: 'bad', ACCOUNT: 'bad' },
  ...{ TERM: 'plain', NUM: 'plain' },
}

export const marksOf = (spans: readonly SpanView[]): Mark[] =>
  spans.map(({ start, end, type }) => ({
    ...{ start, end },
    name: nameOf(type),
    tone: TONES[type] ?? 'warn',
  }))

/** How many places each of the names stands for, most first. */
export function countBy(
  spans: readonly SpanView[],
  key: 'type' | 'layer',
  nameOfKey: (name: string) => string,
): [name: string, count: number][] {
  const counts = new Map<string, number>()
  for (const span of spans) counts.set(span[key], (counts.get(span[key]) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]): [string, number] => [nameOfKey(name), count])
}
