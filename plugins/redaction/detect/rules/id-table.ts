import type { EntityType } from '../../entity-types.ts'
import { luhn, mod1110, verhoeff, weighted } from './checksums.ts'
import { isAbn, isCpf, isHetu, isNhs, isNif, isNir, isSsn, isTckn, isTfn } from './id-checks.ts'

/** A number of people or firms that a state gives out. */
export interface NationalId {
  region: string
  type: EntityType
  shape: string
  /** Words that make it likely; without a checksum a bare number needs one. */
  words: RegExp
  /** Gets the signs without separators, upper case. */
  isValid?: (value: string) => boolean
}

/** Its shape is telling enough. */
const always = () => true

/** After the issuing states' own descriptions; `python-stdnum` documents most of them with sources. */
export const NATIONAL_IDS: readonly NationalId[] = [
  id('US', 'SSN', String.raw`\d{3}([- .]?)\d{2}\1\d{4}`, /ssn|social|s\.s\.n/, isSsn),
  id('US', 'ID', String.raw`9\d{2}[- ]?[5-9]\d[- ]?\d{4}`, /itin|taxpayer/),
  id('US', 'ID', String.raw`[12]\d{9}`, /npi|provider/, (npi) => luhn(`80840${npi}`)),
  id(
    'US',
    'ACCOUNT',
    String.raw`[0-3]\d{3}-?\d{4}-?\d`,
    /aba|routing|bank|transit/,
    (aba) => weighted(aba, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  ),
  id(
    'US',
    'ID',
    String.raw`[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}`,
    /medicare|mbi/,
    always,
  ),
  id(
    'GB',
    'ID',
    String.raw`[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]`,
    /nino|insurance/,
    always,
  ),
  id('GB', 'ID', String.raw`\d{3}[ -]?\d{3}[ -]?\d{4}`, /nhs|health|patient/, isNhs),
  id('DE', 'ID', String.raw`[1-9]\d ?\d{3} ?\d{3} ?\d{3}`, /steuer|tax|idnr|tin/, mod1110),
  id('DE', 'ID', String.raw`[A-Z]\d{9}`, /kranken|versicher|kvnr|insurance/, always),
  id('ES', 'ID', String.raw`[XYZ]?\d{7,8}-?[A-Z]`, /nif|nie|dni/, isNif),
  id('IT', 'ID', String.raw`[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]`, /fiscale/, always),
  id(
    'FR',
    'ID',
    String.raw`[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}`,
    /s[eé]curit|nir|insee/,
    isNir,
  ),
  id(
    'NL',
    'ID',
    String.raw`\d{9}`,
    /bsn|burgerservice|sofi/,
    (bsn) => weighted(bsn, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  ),
  id(
    'PL',
    'ID',
    String.raw`\d{11}`,
    /pesel/,
    (id) => (10 - (weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(id[10]),
  ),
  id('SE', 'ID', String.raw`(?:19|20)?\d{6}[-+]?\d{4}`, /person|org/, (id) => luhn(id.slice(-10))),
  id('FI', 'ID', String.raw`\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]`, /hetu|henkil/, isHetu),
  id('IN', 'ID', String.raw`[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}`, /aadha|uid/, verhoeff),
  id('IN', 'ID', String.raw`[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]`, /pan/, always),
  id('IN', 'ID', String.raw`[0-3]\d[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]`, /gst/, always),
  id('AU', 'ID', String.raw`\d{3} ?\d{3} ?\d{3}`, /tfn|tax file/, isTfn),
  id('AU', 'ID', String.raw`\d{2} ?\d{3} ?\d{3} ?\d{3}`, /abn|business/, isAbn),
  id('CA', 'ID', String.raw`\d{3}[ -]?\d{3}[ -]?\d{3}`, /\bsin\b|insurance/, luhn),
  id('SG', 'ID', String.raw`[STFGM]\d{7}[A-Z]`, /nric|fin/, always),
  id('US', 'ID', String.raw`\d{2}-\d{7}`, /ein|employer|tax/),
  id('KR', 'ID', String.raw`\d{6}-?[1-8]\d{6}`, /rrn|resident|jumin/),
  id('TR', 'ID', String.raw`[1-9]\d{10}`, /tc|kimlik/, isTckn),
  id('GB', 'ID', String.raw`[A-Z]{2}\d{2}[ -]?[A-Z]{3}`, /plate|reg|vehicle|car/, always),
  id('GB', 'ID', String.raw`[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}`, /licen/, always),
  id('TR', 'ID', String.raw`\d{2} ?[A-Z]{1,3} ?\d{2,4}`, /plaka|plate/, always),
  id('NG', 'ID', String.raw`[A-Z]{3}[- ]?\d{3}[- ]?[A-Z]{2}`, /plate/, always),
  id('BR', 'ID', String.raw`\d{3}\.?\d{3}\.?\d{3}-?\d{2}`, /cpf/, isCpf),
]

function id(
  region: string,
  type: EntityType,
  shape: string,
  words: RegExp,
  isValid?: (value: string) => boolean,
): NationalId {
  return isValid ? { region, type, shape, words, isValid } : { region, type, shape, words }
}
