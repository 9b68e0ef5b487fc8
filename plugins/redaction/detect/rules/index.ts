import { anchored } from './anchors.ts'
import { crypto } from './crypto.ts'
import { birth, namedDate, numericDate, year } from './dates.ts'
import { email } from './email.ts'
import { namedId } from './named-ids.ts'
import { nationalId } from './national-ids.ts'
import { ipv4, ipv6, mac, macOfLetters } from './network.ts'
import { code, longNumber } from './number.ts'
import { card, iban } from './payment.ts'
import { age, title, titled } from './people-words.ts'
import { phone } from './phone.ts'
import type { Rule } from './rule.ts'
import { denseSecret, knownSecret, namedSecret, phraseSecret } from './secrets.ts'
import { spelledEmail } from './spelled-email.ts'
import { spelledOut, spoken } from './spoken.ts'
import { streetAlone } from './street-alone.ts'
import { joinedStreet, namedStreet, street, zip } from './streets.ts'
import { toldName } from './told-names.ts'
import { url } from './url.ts'

/** Patterns that begin at a number; each is also a rule of its own, for the measurements. */
const ANCHORED = [
  card,
  iban,
  ipv4,
  ipv6,
  mac,
  numericDate,
  birth,
  year,
  phone,
  longNumber,
  code,
  nationalId,
  age,
  street,
  joinedStreet,
  zip,
]

/** All rules, in no order: what they find is merged by weight. */
export const RULES: readonly Rule[] = [
  email,
  spelledEmail,
  url,
  crypto,
  knownSecret,
  namedSecret,
  denseSecret,
  namedDate,
  namedId,
  title,
  titled,
  toldName,
  spoken,
  spelledOut,
  phraseSecret,
  streetAlone,
  namedStreet,
  macOfLetters,
  ...ANCHORED.map((pattern) => anchored(pattern.name, [pattern])),
]
