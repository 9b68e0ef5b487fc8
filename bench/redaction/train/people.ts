import { allFakers } from '@faker-js/faker'
import { stringsOf } from './lexicon.ts'
import { type Chance, inventor } from './pick.ts'

/** Names of one locale. */
interface Names {
  first: string[]
  last: string[]
}

const SMALL = [
  'van',
  'van der',
  'de',
  'de la',
  'von',
  'di',
  'al',
  'el',
  'dos',
  'bin',
  'ter',
  'Mc',
  "O'",
  "D'",
]
export const TITLES =
  'Mr.,Mrs.,Ms.,Miss,Dr.,Prof.,Mr,Mrs,Ms,Dr,Professor,Doctor,Sir,Madam,Captain,Judge,Herr,Frau,Monsieur,Señora,Rev.'.split(
    ',',
  )

/** Makes people of all locales; every fourth name is invented, so that no list is learned by heart. */
export function makePeople(chance: Chance) {
  const locales = readNames()
  const inventFirst = inventor(
    locales.flatMap(({ first }) => first.slice(0, 400)),
    chance,
  )
  const inventLast = inventor(
    locales.flatMap(({ last }) => last.slice(0, 400)),
    chance,
  )
  const english = locales.filter(({ isEnglish }) => isEnglish)
  const locale = (): Names => chance.pick(chance.is(0.25) ? english : locales)
  const first = (from = locale()): string => {
    const name = chance.is(0.25) ? inventFirst() : chance.pick(from.first)
    return chance.is(0.04) ? `${name}${chance.pick(['-', ' '])}${chance.pick(from.first)}` : name
  }
  const last = (from = locale()): string => {
    const name = chance.is(0.25) ? inventLast() : chance.pick(from.last)
    if (chance.is(0.05)) return `${name}-${chance.pick(from.last)}`
    if (!chance.is(0.06)) return name
    const small = chance.pick(SMALL)
    return /[c']$/i.test(small) ? small + name : `${small} ${name}`
  }
  const initial = (): string => String.fromCharCode(65 + chance.below(26))
  const whole = (): string => {
    const from = locale()
    const way = chance.next()
    if (way < 0.62) return `${first(from)} ${last(from)}`
    if (way < 0.72) return `${first(from)} ${initial()}${chance.pick(['.', ''])} ${last(from)}`
    if (way < 0.78) return `${initial()}. ${last(from)}`
    if (way < 0.82) return `${last(from)}, ${first(from)}`
    if (way < 0.86) return `${first(from)} ${last(from)} ${last(from)}`
    if (way < 0.89) return `${first(from)} ${first(from)} ${last(from)}`
    if (way < 0.91)
      return `${first(from)} ${last(from)} ${chance.pick(['Jr.', 'Sr.', 'III', 'II'])}`
    if (way < 0.94) return `${first(from)} ${last(from).toUpperCase()}`
    return first(from)
  }
  return { first: () => first(), last: () => last(), initial, whole }
}

function readNames(): (Names & { isEnglish: boolean })[] {
  return Object.entries(allFakers)
    .map(([locale, { rawDefinitions }]) => ({
      isEnglish: locale.startsWith('en'),
      first: isolated(rawDefinitions.person?.first_name),
      last: isolated(rawDefinitions.person?.last_name),
    }))
    .filter(({ first, last }) => first.length > 20 && last.length > 20)
    .filter(({ first }, i) => /^\p{Script=Latin}/u.test(first[0] ?? '') || i % 4 === 0)
}

const isolated = (definition: unknown): string[] =>
  stringsOf(definition).filter((name) => /^\p{L}[\p{L}\p{M}' -]+$/u.test(name))
