import { describe, expect, it } from 'vitest'
import { foundBy } from '../testing.ts'
import { tag } from './tagger.ts'
import { tokenise } from './tokens.ts'

const tagged = (text: string): string[] =>
  tag(text, tokenise(text)).entities.map(
    ({ type, start, end }) => `${type} ${text.slice(start, end)}`,
  )

describe('tokens', () => {
  it('are words, numbers and signs; endings stand alone', () => {
    const text = "O'Brien's x-ray: 12kg, don't\n— été"
    const { starts, ends, count } = tokenise(text)
    const words = Array.from({ length: count }, (_, i) => text.slice(starts[i], ends[i]))
    expect(words).toEqual(["O'Brien", "'s", 'x', '-', 'ray', ':', '12kg', ',', "don't", '—', 'été'])
  })
})

describe('the tagger', () => {
  it.each([
    ['My colleague Marta Olszewska called.', 'PERSON Marta Olszewska'],
    ['my colleague marta olszewska called', 'PERSON marta olszewska'],
    ['Brightleaf GmbH said it would pay.', 'ORG Brightleaf GmbH'],
    ['She moved from Dresden to Bristol.', 'LOCATION Dresden'],
  ])('reads %j', (text, entity) => {
    expect(tagged(text)).toContain(entity)
  })

  it('finds nothing in plain talk', () => {
    expect(tagged('Please restart the server and tell me what the log says.')).toEqual([])
  })
})

describe('peoples', () => {
  it('are known by name, not where the word is a verb', () => {
    expect(foundBy()('the Slovenian team will polish it')).toEqual(['NRP Slovenian'])
  })
})
