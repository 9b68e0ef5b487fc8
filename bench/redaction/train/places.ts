import { allFakers } from '@faker-js/faker'
import { stringsOf } from './lexicon.ts'
import { type Chance, inventor } from './pick.ts'

const STREETS_AFTER =
  'Street,St,St.,Road,Rd,Rd.,Avenue,Ave,Ave.,Lane,Ln,Drive,Dr,Court,Ct,Boulevard,Blvd,Way,Place,Pl,Square,Sq,Terrace,Close,Crescent,Parkway,Pkwy,Highway,Hwy,Circle,Cir,Trail,Turnpike,Row,Walk,Hill,Gardens,Grove,Mews,Loop,Alley,Plaza,Quay,Bypass'.split(
    ',',
  )
const STREETS_JOINED =
  'straße,strasse,str.,weg,gasse,allee,platz,ring,straat,laan,gracht,plein,kade,gatan,vägen,gata,vej,gade,gate,veien,katu,tie,utca,stræde,dreef,damm,ufer,steig'.split(
    ',',
  )
const STREETS_BEFORE =
  'Rue de,Rue du,Rue,Avenue de,Avenue des,Boulevard,Place de,Chemin de,Impasse,Allée,Calle,Calle de,Avenida,Paseo,Plaza,Carrer de,Via,Viale,Piazza,Corso,Vicolo,Rua,Rua da,Travessa,Praça,ul.,al.,os.,ulica,ulice,náměstí,Strada,Str.,Bulevardul,Jalan,Jl.'.split(
    ',',
  )
const ENDS =
  'ville,burg,ton,ford,stad,berg,dorf,heim,wick,mouth,field,by,holm,nes,vik,ów,ice,ovo,grad,szentmiklós,sur,-sur-Mer,bridge,haven,hausen'.split(
    ',',
  )
const UNITS =
  'Apt. #,Apt #,Suite #,Ste #,Unit #,Flat #,Floor #,Fl. #,Room #,Apartment #,#A,Bldg #,Office #,Box #,Whg. #,Stock #,piso #'.split(
    ',',
  )

/** Makes towns, countries, streets and whole addresses of many countries' forms. */
export function makePlaces(chance: Chance, person: () => string) {
  const all = Object.values(allFakers).map(({ rawDefinitions: { location } }) => location)
  const latin = (name: string): boolean =>
    /^\p{Script=Latin}[\p{Script=Latin}\p{M}' .-]+$/u.test(name)
  const towns = all.flatMap((of) => stringsOf(of?.city_name)).filter(latin)
  const countries = stringsOf(allFakers.en.rawDefinitions.location?.country)
  const states = all.flatMap((of) => stringsOf(of?.state)).filter(latin)
  const stateCodes = stringsOf(allFakers.en_US.rawDefinitions.location?.state_abbr)
  const invent = inventor(towns, chance)

  const town = (): string => {
    const way = chance.next()
    if (way < 0.55) return chance.pick(towns)
    if (way < 0.8) return invent()
    if (way < 0.9) return invent().slice(0, 6) + chance.pick(ENDS)
    if (way < 0.93)
      return `${chance.pick(['San', 'Santa', 'St.', 'Saint', 'Port', 'New', 'Los', 'Bad', 'Le', 'North', 'East', 'Upper', 'Fort'])} ${invent()}`
    return chance.pick(towns).toUpperCase()
  }
  const country = (): string =>
    chance.is(0.12)
      ? chance.pick([
          'UK',
          'USA',
          'US',
          'U.S.',
          'UAE',
          'Great Britain',
          'Holland',
          'England',
          'Scotland',
          'Wales',
        ])
      : chance.pick(countries)
  const place = (): string => {
    const way = chance.next()
    if (way < 0.6) return town()
    if (way < 0.8) return country()
    if (way < 0.87) return chance.pick(states)
    return way < 0.95
      ? `${town()}, ${chance.pick([country(), chance.pick(stateCodes), chance.pick(states)])}`
      : `${chance.pick(['northern', 'southern', 'eastern', 'western', 'central'])} ${country()}`
  }
  const number = (most = 400): string =>
    `${1 + chance.below(chance.is(0.15) ? 20_000 : most)}${chance.is(0.07) ? chance.pick(['a', 'b', 'A', 'bis', '/2', '-14']) : ''}`
  const stem = (): string => chance.pick([person, invent, invent])().split(' ').slice(-1).join('')
  const street = (): string => {
    const way = chance.next()
    if (way < 0.5) {
      const name = chance.is(0.15)
        ? `${chance.below(99) + 1}th`
        : `${chance.is(0.12) ? chance.pick(['N.', 'S', 'East', 'West', 'Old', 'Upper']) + ' ' : ''}${stem()}${chance.is(0.15) ? ` ${invent()}` : ''}`
      return `${name} ${chance.pick(STREETS_AFTER)}`
    }
    if (way < 0.65) return stem() + chance.pick(STREETS_JOINED)
    if (way < 0.85)
      return `${chance.pick(STREETS_BEFORE)} ${stem()}${chance.is(0.2) ? ` ${invent()}` : ''}`
    return chance.is(0.5) ? stem() : `${stem()} ${invent()}`
  }
  const digits = (count: number): string =>
    Array.from({ length: count }, () => chance.below(10)).join('')
  const zip = (): string =>
    chance.pick([
      () => digits(5),
      () => digits(5),
      () => digits(4),
      () => `${digits(5)}-${digits(4)}`,
      () => `${digits(3)} ${digits(2)}`,
      () => `${digits(2)}-${digits(3)}`,
      () => `${digits(4)} ${letters(2)}`,
      () => `${letters(2)}${digits(1)} ${digits(1)}${letters(2)}`,
      () => `${letters(1)}${digits(1)}${letters(1)} ${digits(1)}${letters(1)}${digits(1)}`,
      () => digits(6),
    ])()
  const letters = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(65 + chance.below(26))).join('')
  const unit = (): string => chance.pick(UNITS).replace('#', number(999))
  const line = (): string => {
    const way = chance.next()
    const name = street()
    const house =
      way < 0.6
        ? `${number()}${chance.is(0.15) ? ',' : ''} ${name}`
        : way < 0.95
          ? `${name} ${number()}`
          : chance
              .pick(['P.O. Box #', 'PO Box #', 'Postfach #', 'Apartado #'])
              .replace('#', digits(4))
    return chance.is(0.3) ? `${house}${chance.pick([' ', ', ', '\n', '\n '])}${unit()}` : house
  }
  const address = (): string => {
    if (chance.is(0.25)) return line()
    const gap = (): string => chance.pick([', ', ', ', ' ', '\n', '\n', ',\n', '\n '])
    const area = chance.pick([
      () => `${town()}, ${chance.pick(stateCodes)} ${digits(5)}`,
      () => `${zip()} ${town()}`,
      () => `${town()} ${zip()}`,
      () => `${town()}${gap()}${zip()}`,
      () => town(),
      () => `${town()}${gap()}${chance.pick(stateCodes)}`,
      () => `${town()}, ${chance.pick(states)}`,
    ])()
    return (
      line() +
      gap() +
      area +
      (chance.is(0.35) ? gap() + country() + (chance.is(0.2) ? ` ${zip()}` : '') : '')
    )
  }
  return { town, country, place, street, address, zip, invent }
}
