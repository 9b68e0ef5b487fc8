import { allFakers } from '@faker-js/faker'
import { ownWords, stringsOf } from './lexicon.ts'
import { type Chance, inventor } from './pick.ts'

export interface Towns {
  town(): string
  country(): string
  /** A town, a country or a part of one. */
  place(): string
  state(): string
  stateCode(): string
  /** A word that sounds like a town. */
  invent(): string
}

const ENDS = ownWords('town-ends')
const FRONTS = 'San Santa St. Saint Port New Los Bad Le North East Upper Fort'.split(' ')
const SHORT_COUNTRIES = [
  'UK',
  'USA',
  'US',
  'U.S.',
  'UAE',
  'Holland',
  'England',
  'Scotland',
  'Wales',
]
const SIDES = ['northern', 'southern', 'eastern', 'western', 'central']
const LATIN = /^\p{Script=Latin}[\p{Script=Latin}\p{M}' .-]+$/u

/** Towns of all locales, near half of them invented. */
export function makeTowns(chance: Chance): Towns {
  const all = Object.values(allFakers).map(({ rawDefinitions }) => rawDefinitions.location)
  const latin = (definitions: unknown[]): string[] =>
    definitions.flatMap(stringsOf).filter((name) => LATIN.test(name))
  const towns = latin(all.map((of) => of?.city_name))
  const states = latin(all.map((of) => of?.state))
  const countries = stringsOf(allFakers.en.rawDefinitions.location?.country)
  const codes = stringsOf(allFakers.en_US.rawDefinitions.location?.state_abbr)
  const invent = inventor(towns, chance)

  const town = (): string => {
    const way = chance.next()
    if (way < 0.55) return chance.pick(towns)
    if (way < 0.8) return invent()
    if (way < 0.9) return invent().slice(0, 6) + chance.pick(ENDS)
    return way < 0.93 ? `${chance.pick(FRONTS)} ${invent()}` : chance.pick(towns).toUpperCase()
  }
  const country = (): string => chance.pick(chance.is(0.12) ? SHORT_COUNTRIES : countries)
  const state = (): string => chance.pick(states)
  const stateCode = (): string => chance.pick(codes)
  const place = (): string => {
    const way = chance.next()
    if (way < 0.6) return town()
    if (way < 0.8) return country()
    if (way < 0.87) return state()
    if (way < 0.95) return `${town()}, ${chance.pick([country, stateCode, state])()}`
    return `${chance.pick(SIDES)} ${country()}`
  }
  return { town, country, place, state, stateCode, invent }
}
