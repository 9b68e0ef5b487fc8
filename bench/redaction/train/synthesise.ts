import { readdirSync, readFileSync } from 'node:fs'
import { TAGGED, type Tagged } from '../../../plugins/redaction/detect/tagger/labels.ts'
import type { Example } from './conll.ts'
import { makeFirms } from './firms.ts'
import { ownWords } from './lexicon.ts'
import { makePeople, TITLES } from './people.ts'
import type { Chance } from './pick.ts'
import { makePlaces } from './places.ts'

const FOLDER = new URL('templates/', import.meta.url)

/** Letters, support, news, work, chat, and plain talk without entities. */
export const TEMPLATE_FILES = readdirSync(FOLDER).sort()

/** What a slot of a template is labelled as; other slots are outside. */
const LABELLED: Record<string, Tagged> = {
  person: 'PERSON',
  first: 'PERSON',
  last: 'PERSON',
  org: 'ORG',
  place: 'LOCATION',
  country: 'LOCATION',
  street: 'ADDRESS',
  address: 'ADDRESS',
  group: 'NRP',
  jobtitle: 'TITLE',
}

/** Fills templates with invented people, firms and places. */
export function makeSentences(chance: Chance, files: readonly string[]): () => Example {
  const templates = files
    .flatMap((file) => readFileSync(new URL(file, FOLDER), 'utf8').split('\n'))
    .filter(Boolean)
    .map((line) => line.replaceAll('\\n', '\n'))
  const fill = makeFill(chance)
  const one = (): Example => fillIn(chance.pick(templates), fill)
  return () => {
    const example = one()
    return chance.is(0.3) ? join(example, one(), chance.pick([' ', ' ', '\n'])) : example
  }
}

function join(one: Example, other: Example, gap: string): Example {
  const offset = one.text.length + gap.length
  const moved = other.spans.map(({ type, start, end }) => ({
    type,
    start: start + offset,
    end: end + offset,
  }))
  return { text: one.text + gap + other.text, spans: [...one.spans, ...moved] }
}

/** A first and a last name in a row are one person. */
function fillIn(template: string, fill: (slot: string) => string): Example {
  const spans: Example['spans'] = []
  let text = ''
  let at = 0
  for (const { 0: slot, 1: name = '', index } of template.matchAll(/\{(\w+)\}/g)) {
    text += template.slice(at, index)
    at = index + slot.length
    const start = text.length
    text += fill(name)
    const type = LABELLED[name]
    const before = spans.at(-1)
    const goesOn =
      type === 'PERSON' &&
      before?.type === type &&
      /^[ .A-Z]{1,4}$/.test(text.slice(before.end, start))
    if (type && goesOn && before) before.end = text.length
    else if (type && TAGGED.includes(type)) spans.push({ type, start, end: text.length })
  }
  return { text: text + template.slice(at), spans }
}

function makeFill(chance: Chance): (slot: string) => string {
  const people = makePeople(chance)
  const places = makePlaces(chance, people.last)
  const { org, job } = makeFirms(chance, people.last, places.town, places.invent)
  const groups = ownWords('groups')
  const trades = ownWords('trades').join(' ').split(',')
  const digits = (count: number): string =>
    Array.from({ length: count }, () => chance.below(10)).join('')
  const day = (): string =>
    chance.pick(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])
  const month = (): string =>
    chance.pick([
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ])
  const year = (): string => String(1930 + chance.below(100))
  const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  const word = (): string =>
    places.invent().toLowerCase() + chance.pick(['', '', digits(2), '_dev'])
  const slots: Record<string, () => string> = {
    person: people.whole,
    first: people.first,
    last: people.last,
    initial: people.initial,
    org,
    place: places.place,
    country: places.country,
    street: places.street,
    address: places.address,
    group: () => title(chance.pick(groups)),
    job,
    jobtitle: () => (chance.is(0.3) ? title(chance.pick(trades)) : chance.pick([...trades, job()])),
    title: () => chance.pick(TITLES),
    title2: () => chance.pick(['MR', 'MRS', 'MS']),
    pronoun: () => chance.pick(['he', 'she']),
    pronoun2: () => chance.pick(['his', 'her']),
    day,
    month,
    year,
    date: () =>
      chance.pick([
        () => `${1 + chance.below(28)} ${month()} ${year()}`,
        () => `${month()} ${1 + chance.below(28)}, ${year()}`,
        () => `${year()}-0${1 + chance.below(9)}-1${chance.below(9)}`,
        () => `${1 + chance.below(12)}/${1 + chance.below(28)}/${year()}`,
        day,
      ])(),
    phone: () =>
      chance.pick([
        `+${digits(2)} ${digits(2)} ${digits(4)} ${digits(4)}`,
        `(${digits(3)}) ${digits(3)}-${digits(4)}`,
        `${digits(3)}-${digits(4)}`,
        `0${digits(3)} ${digits(6)}`,
      ]),
    email: () => `${word()}@${word().replace('_', '')}.com`,
    url: () => `https://www.${word().replace('_', '')}.org`,
    card: () => digits(16),
    iban: () => `DE${digits(20)}`,
    ssn: () => `${digits(3)}-${digits(2)}-${digits(4)}`,
    ip: () => `10.${chance.below(255)}.${chance.below(255)}.${chance.below(255)}`,
    num: () => digits(1 + chance.below(5)),
    age: () => String(18 + chance.below(70)),
    money: () =>
      chance.pick([
        `$${digits(3)}`,
        `EUR ${digits(4)}`,
        `${digits(2)} million dollars`,
        `£${digits(2)}.50`,
      ]),
    word,
  }
  return (slot) => {
    const make = slots[slot]
    if (!make) throw new Error(`No template may have a slot ${slot}`)
    return make()
  }
}
