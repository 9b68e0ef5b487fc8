import { readdirSync, readFileSync } from 'node:fs'
import { TAGGED, type Tagged } from '../../../plugins/redaction/detect/tagger/labels.ts'
import type { Example } from './conll.ts'
import { makeEveryday } from './everyday.ts'
import { makeFirms } from './firms.ts'
import { ownWords } from './lexicon.ts'
import { makePeople, TITLES } from './people.ts'
import type { Chance } from './pick.ts'
import { makeStreets } from './streets.ts'
import { makeTowns } from './towns.ts'

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
  const towns = makeTowns(chance)
  const { street, address } = makeStreets(chance, people.last, towns)
  const { org, job } = makeFirms(chance, people.last, towns.town, towns.invent)
  const groups = ownWords('groups')
  const trades = ownWords('trades').join(' ').split(',')
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  const word = (): string => {
    const tail = chance.pick(['', '', String(chance.below(100)), '_dev'])
    return towns.invent().toLowerCase() + tail
  }
  const slots: Record<string, () => string> = {
    ...makeEveryday(chance, word),
    person: people.whole,
    first: people.first,
    last: people.last,
    initial: people.initial,
    org,
    place: towns.place,
    country: towns.country,
    street,
    address,
    group: () => capital(chance.pick(groups)),
    job,
    jobtitle: () => {
      const title = chance.is(0.2) ? job() : chance.pick(trades)
      return chance.is(0.4) ? capital(title) : title
    },
    title: () => chance.pick(TITLES),
  }
  return (slot) => {
    const make = slots[slot]
    if (!make) throw new Error(`No template may have a slot ${slot}`)
    return make()
  }
}
