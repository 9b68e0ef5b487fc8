import { ENTITY_TYPES, type EntityType } from '../entity-types.ts'

/** How other detectors call what they find: Presidio's entities, and labels people give GLiNER. */
const NAMES: Record<string, EntityType> = {
  per: 'PERSON',
  name: 'PERSON',
  person_name: 'PERSON',
  full_name: 'PERSON',
  username: 'ACCOUNT',
  organization: 'ORG',
  organisation: 'ORG',
  company: 'ORG',
  loc: 'LOCATION',
  gpe: 'LOCATION',
  city: 'LOCATION',
  country: 'LOCATION',
  street_address: 'ADDRESS',
  email_address: 'EMAIL',
  phone_number: 'PHONE',
  credit_card: 'CARD',
  credit_card_number: 'CARD',
  iban_code: 'IBAN',
  us_ssn: 'SSN',
  social_security_number: 'SSN',
  ip_address: 'IP',
  mac_address: 'MAC',
  date_time: 'DATE',
  date_of_birth: 'DATE',
  us_bank_number: 'ACCOUNT',
  bank_account_number: 'ACCOUNT',
  password: 'SECRET',
  api_key: 'SECRET',
  zip_code: 'ZIP',
  postal_code: 'ZIP',
  nationality: 'NRP',
  job_title: 'TITLE',
  occupation: 'TITLE',
}

/** A type nobody here knows still names something: a national id by its country, else a term. */
export function typeNamed(name: string): EntityType {
  const key = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z]+/g, '_')
  const own = ENTITY_TYPES.find((type) => type.toLowerCase() === key)
  if (own) return own
  return NAMES[key] ?? (/^[a-z]{2}_|passport|licen[cs]e|_id$|number$/.test(key) ? 'ID' : 'TERM')
}
