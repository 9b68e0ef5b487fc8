/** Every type a finding can have; placeholders begin with these words, so they are short and without digits. */
export const ENTITY_TYPES = [
  'PERSON',
  'ORG',
  'LOCATION',
  'ADDRESS',
  'EMAIL',
  'PHONE',
  'CARD',
  'IBAN',
  'SSN',
  'ID',
  'IP',
  'MAC',
  'URL',
  'DATE',
  'CRYPTO',
  'SECRET',
  'ACCOUNT',
  'NRP',
  'AGE',
  'ZIP',
  'TITLE',
  /** A word nobody knows, masked because `strict` denies by default. */
  'TERM',
  /** A number of no known kind. */
  'NUM',
] as const

export type EntityType = (typeof ENTITY_TYPES)[number]
