import { describe, expect, it } from 'vitest'
import { foundBy } from './testing.ts'

describe('lists of the operator', () => {
  it('masks denied terms whatever their case and spaces', () => {
    const found = foundBy({ deny: ['Project Falcon', 'spark-9'] })
    expect(found('the project   falcon runs on SPARK-9')).toEqual([
      'TERM project   falcon',
      'TERM SPARK-9',
    ])
  })

  it('leaves allowed terms alone, unless they are denied too', () => {
    const text = 'we met Contoso people'
    const context = { mode: 'strict' } as const
    expect(foundBy()(text, context).join()).toContain('Contoso')
    expect(foundBy({ allow: ['contoso'] })(text, context)).toEqual([])
    expect(foundBy({ allow: ['contoso'], deny: ['Contoso'] })(text, context)).toEqual([
      'TERM Contoso',
    ])
  })

  it('takes terms of one call as well', () => {
    expect(foundBy()('blue falcon', { deny: ['blue falcon'] })).toEqual(['TERM blue falcon'])
  })

  it('finds patterns in RE2 syntax with their type', () => {
    const found = foundBy({ patterns: [{ name: 'ticket', pattern: 'TCK-\\d+', type: 'ID' }] })
    expect(found('see TCK-12')).toEqual(['ID TCK-12'])
  })

  it('refuses a pattern that is none', () => {
    expect(() => foundBy({ patterns: [{ name: 'x', pattern: '(' }] })).toThrow()
  })

  it('runs a pattern made to hang in time that grows with the text', () => {
    const found = foundBy({ patterns: [{ name: 'evil', pattern: '(a+)+$' }] })
    expect(found(`${'a'.repeat(20_000)}!`)).toEqual([])
  })
})
