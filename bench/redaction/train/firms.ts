import { allFakers } from '@faker-js/faker'
import { stringsOf } from './lexicon.ts'
import type { Chance } from './pick.ts'

const FORMS =
  'Inc,Inc.,LLC,Ltd,Ltd.,GmbH,AG,PLC,Corp,Corp.,Co.,S.A.,S.p.A.,B.V.,AB,Oy,ApS,Pty Ltd,LLP,KG,SARL,Group,Holdings,Partners'.split(
    ',',
  )
const TRADES =
  'Bank,Insurance,Logistics,Airlines,Systems,Technologies,Software,Labs,Analytics,Media,Energy,Foods,Motors,Pharma,Consulting,Capital,Solutions,Networks,Studios,Books,Health,Robotics,Electronics,Industries,Mobile,Cloud,Brothers,& Sons,Associates,Services,Movers,Research,Design,Travel,Telecom,Steel,Chemicals,Interactive,Security,Data,Games,Press,Works'.split(
    ',',
  )
const PLACED = [
  'University of #',
  '# University',
  'Bank of #',
  '# General Hospital',
  '# City Council',
  '# Football Club',
  '# United',
  '# Institute of Technology',
  'Museum of #',
  'Port of #',
  '# Times',
  '# Herald',
  'Ministry of Finance',
  '# Chamber of Commerce',
  '# High School',
  '# Orchestra',
  'Hotel #',
  '# Airport',
  'Royal # Society',
  "St. #'s Hospital",
  '# Police Department',
]
const CORES =
  'Blue Bright Clear Ever North Open Prime Quick Silver Solar True Urban Vital Green Rapid Smart Deep Next Pure Red Stone Wild Iron Cloud Data Net Tech Info Bio Geo Med Aero Agri Cyber Nova Omni Trans Inter Uni Alt Pay Shop Web'.split(
    ' ',
  )
const TAILS =
  'leaf wave forge mind path point stack ware works base bridge field gate grid hub lane light line link loop mark nest port scale shift side spark spring star ster ly ify io ra ex on ix eon ium ent ate ity ics co'.split(
    ' ',
  )

/** Makes names of firms, schools, clubs and offices, and of the trades of people. */
export function makeFirms(
  chance: Chance,
  last: () => string,
  town: () => string,
  invent: () => string,
) {
  const brand = (): string => {
    const [core, tail] = [chance.pick(CORES), chance.pick(TAILS)]
    const way = chance.next()
    if (way < 0.35) return core + tail
    if (way < 0.55) return core + tail.charAt(0).toUpperCase() + tail.slice(1)
    if (way < 0.62)
      return Array.from({ length: 2 + chance.below(3) }, () =>
        String.fromCharCode(65 + chance.below(26)),
      ).join('')
    return way < 0.8 ? invent() : `${core} ${tail.charAt(0).toUpperCase()}${tail.slice(1)}`
  }
  const org = (): string => {
    const way = chance.next()
    if (way < 0.25) return brand()
    if (way < 0.42) return `${chance.pick([brand, last])()} ${chance.pick(TRADES)}`
    if (way < 0.6)
      return `${chance.pick([brand, last, brand])()}${chance.pick([' ', ' ', ', '])}${chance.pick(FORMS)}`
    if (way < 0.68) return `${last()}, ${last()} ${chance.pick(['and', '&'])} ${last()}`
    if (way < 0.76) return `${last()} ${chance.pick(['and', '&'])} ${last()}`
    if (way < 0.86) return chance.pick(PLACED).replace('#', town())
    return `${chance.pick([brand, last, town])()} ${chance.pick(TRADES)} ${chance.pick(FORMS)}`
  }
  const person = allFakers.en.rawDefinitions.person
  const types = stringsOf(person?.job_type)
  const areas = stringsOf(person?.job_area)
  const job = (): string =>
    chance.pick([chance.pick(types), `${chance.pick(areas)} ${chance.pick(types)}`]).toLowerCase()
  return { org, job }
}
