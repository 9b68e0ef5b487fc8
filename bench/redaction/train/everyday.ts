import type { Chance } from './pick.ts'

const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')
const MONTHS =
  'January February March April May June July August September October November December'.split(' ')
const DATES = ['D M Y', 'M D, Y', 'Y-0n-1n', '1n/1n/Y', 'W', 'W']
const PHONES = ['+99 99 9999 9999', '(999) 999-9999', '999-9999', '0999 999999']
const MONEY = ['$999', 'EUR 9999', '99 million dollars', '£99.50']

/** Fillers without a label: dates, numbers and what a rule finds. `word` makes words. */
export function makeEveryday(chance: Chance, word: () => string): Record<string, () => string> {
  const digits = (shape: string): string => shape.replace(/9/g, () => String(chance.below(10)))
  const year = (): string => String(1930 + chance.below(100))
  const month = (): string => chance.pick(MONTHS)
  const day = (): string => chance.pick(DAYS)
  const name = (): string => word().replace(/[^a-z]/g, '')
  const parts: Record<string, () => string> = {
    D: () => String(1 + chance.below(28)),
    M: month,
    Y: year,
    W: day,
    n: () => String(1 + chance.below(2)),
  }
  return {
    day,
    month,
    year,
    date: () => chance.pick(DATES).replace(/[DMYWn]/g, (part) => parts[part]?.() ?? part),
    phone: () => digits(chance.pick(PHONES)),
    email: () => `${word()}@${name()}.com`,
    url: () => `https://www.${name()}.org`,
    card: () => digits('9999999999999999'),
    iban: () => digits('DE99999999999999999999'),
    ssn: () => digits('999-99-9999'),
    ip: () => `10.${chance.below(255)}.${chance.below(255)}.${chance.below(255)}`,
    num: () => digits('9'.repeat(1 + chance.below(5))),
    age: () => String(18 + chance.below(70)),
    money: () => digits(chance.pick(MONEY)),
    word,
    pronoun: () => chance.pick(['he', 'she']),
    pronoun2: () => chance.pick(['his', 'her']),
    title2: () => chance.pick(['MR', 'MRS', 'MS']),
  }
}
