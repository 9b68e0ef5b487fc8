import { ownWords } from './lexicon.ts'
import type { Chance } from './pick.ts'
import type { Towns } from './towns.ts'

const AFTER = ownWords('streets-after')
const JOINED = ownWords('streets-joined')
const BEFORE = ownWords('streets-before').join(' ').split(',')
const DIRECTIONS = ['N.', 'S', 'East', 'West', 'Old', 'Upper']
const UNITS =
  'Apt. #,Apt #,Suite #,Ste #,Unit #,Flat #,Floor #,Fl. #,Room #,Apartment #,#A,Bldg #,Office #,Box #,Whg. #,Stock #,piso #'
const BOXES = 'P.O. Box #,PO Box #,Postfach #,Apartado #'
/** Of digits (9) and letters (A). */
const ZIPS = '99999,99999,9999,99999-9999,999 99,99-999,9999 AA,AA9 9AA,A9A 9A9,999999'.split(',')
const GAPS = [', ', ', ', ' ', '\n', '\n', ',\n', '\n ']

/** Makes streets and whole addresses of many countries' forms; `name` gives names of people. */
export function makeStreets(chance: Chance, name: () => string, towns: Towns) {
  const stem = (): string => chance.pick([name, towns.invent])().split(' ').slice(-1).join('')
  const second = (share: number): string => (chance.is(share) ? ` ${towns.invent()}` : '')
  const number = (most = 400): string => {
    const count = String(1 + chance.below(chance.is(0.15) ? 20_000 : most))
    return chance.is(0.07) ? count + chance.pick(['a', 'b', 'A', 'bis', '/2', '-14']) : count
  }
  const plain = (): string => {
    if (chance.is(0.15)) return `${1 + chance.below(99)}th ${chance.pick(AFTER)}`
    const direction = chance.is(0.12) ? `${chance.pick(DIRECTIONS)} ` : ''
    return `${direction}${stem()}${second(0.15)} ${chance.pick(AFTER)}`
  }
  const street = (): string => {
    const way = chance.next()
    if (way < 0.5) return plain()
    if (way < 0.65) return stem() + chance.pick(JOINED)
    return way < 0.85 ? `${chance.pick(BEFORE)} ${stem()}${second(0.2)}` : stem() + second(0.5)
  }
  const zip = (): string =>
    chance.pick(ZIPS).replace(/[9A]/g, (sign) => {
      return sign === '9' ? String(chance.below(10)) : String.fromCharCode(65 + chance.below(26))
    })
  const house = (): string => {
    const way = chance.next()
    if (way < 0.6) return `${number()}${chance.is(0.15) ? ',' : ''} ${street()}`
    if (way < 0.95) return `${street()} ${number()}`
    return chance.pick(BOXES.split(',')).replace('#', number(9_999))
  }
  const line = (): string => {
    const unit = chance.pick(UNITS.split(',')).replace('#', number(999))
    return chance.is(0.3) ? house() + chance.pick([' ', ', ', '\n', '\n ']) + unit : house()
  }
  const areas: (() => string)[] = [
    () => `${towns.town()}, ${towns.stateCode()} ${10_000 + chance.below(89_999)}`,
    () => `${zip()} ${towns.town()}`,
    () => `${towns.town()} ${zip()}`,
    () => towns.town() + chance.pick(GAPS) + zip(),
    () => towns.town(),
    () => towns.town() + chance.pick(GAPS) + towns.stateCode(),
    () => `${towns.town()}, ${towns.state()}`,
  ]
  const address = (): string => {
    if (chance.is(0.25)) return line()
    const upTo = line() + chance.pick(GAPS) + chance.pick(areas)()
    if (!chance.is(0.35)) return upTo
    const country = upTo + chance.pick(GAPS) + towns.country()
    return chance.is(0.2) ? `${country} ${zip()}` : country
  }
  return { street, address }
}
