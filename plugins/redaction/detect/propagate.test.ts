import { describe, expect, it } from 'vitest'
import { foundBy } from './testing.ts'

const found = foundBy()
const known = [
  { type: 'PERSON', surface: 'Marta Olszewska' },
  { type: 'ORG', surface: 'Brightleaf GmbH' },
  { type: 'ID', surface: 'KX-77' },
] as const

describe('entities of the session', () => {
  it.each([
    ['ask marta about it', 'PERSON marta'],
    ["that is OLSZEWSKA's desk", 'PERSON OLSZEWSKA'],
    ['login molszewska failed', 'PERSON molszewska'],
    ['the invoice of brightleaf is late', 'ORG brightleaf'],
    ['see kx-77 there', 'ID kx-77'],
  ])('are found again in %j', (text, finding) => {
    expect(found(text, { known })).toContain(finding)
    expect(found(text, { added: known })).toContain(finding)
  })

  it('do not make a name out of an ordinary word', () => {
    const will = [{ type: 'PERSON', surface: 'Will Baker' }] as const
    expect(found('the baker will come', { known: will })).toEqual([])
    expect(found('WILL called', { known: will })).toEqual(['PERSON WILL'])
  })

  it('are found again within one text', () => {
    const findings = found('Dear Marta Olszewska,\n\nas olszewska said')
    expect(findings).toContain('PERSON olszewska')
  })
})
