import { anchored } from './anchors.ts'
import { crypto } from './crypto.ts'
import { birth, namedDate, numericDate, year } from './dates.ts'
import { email, spelledEmail } from './email.ts'
import { namedId } from './named-ids.ts'
import { nationalIds } from './national-ids.ts'
import { ip, mac } from './network.ts'
import { longNumber } from './number.ts'
import { card, iban } from './payment.ts'
import { age, title } from './people-words.ts'
import { phone } from './phone.ts'
import type { Rule } from './rule.ts'
import { denseSecret, knownSecret, namedSecret } from './secrets.ts'
import { street, streetFirst, zip } from './streets.ts'
import { url } from './url.ts'

/** All rules, in no order: what they find is merged by weight. */
export const RULES: readonly Rule[] = [
  email,
  spelledEmail,
  url,
  ip,
  mac,
  crypto,
  knownSecret,
  namedSecret,
  denseSecret,
  namedDate,
  namedId,
  title,
  streetFirst,
  anchored('numbers', [
    card,
    iban,
    numericDate,
    birth,
    year,
    phone,
    longNumber,
    age,
    street,
    zip,
    ...nationalIds,
  ]),
]
