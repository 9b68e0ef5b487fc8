import { describe, expect, it } from 'vitest'
import { formatDiagnostics } from './format.ts'
import type { Diagnostic } from './topology.ts'

const at = (source: string, column: number, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'HOST_UNKNOWN',
  file: 'topology.yaml',
  line: 7,
  column,
  path: 'services.llm.host',
  message: 'is "sparc-1"; hosts: has "spark-1"',
  source,
  ...rest,
})
const lines = (diagnostic: Diagnostic): string[] => formatDiagnostics([diagnostic]).split('\n')

describe('formatDiagnostics', () => {
  it('says place, path, what is wrong and the way out, and shows the line with a caret', () => {
    expect(lines(at('  llm: { host: sparc-1 }', 16, { hint: 'did you mean "spark-1"?' }))).toEqual([
      'topology.yaml:7:16  services.llm.host: is "sparc-1"; hosts: has "spark-1" — did you mean "spark-1"?',
      '    7 |   llm: { host: sparc-1 }',
      '      |                ^',
      '',
      '',
    ])
  })

  it('marks warnings', () => {
    expect(lines(at('x', 1, { severity: 'warning' }))[0]).toContain(
      'topology.yaml:7:1  warning: services.llm.host: is',
    )
  })

  it('leaves the line out where there is none to show', () => {
    const { source: _, ...bare } = at('', 1)
    expect(lines(bare)).toHaveLength(3)
    expect(lines(at('   ', 1))).toHaveLength(3)
  })

  it('of nothing is nothing', () => {
    expect(formatDiagnostics([])).toBe('')
  })

  it.each([
    ['a tab keeps its width', '\tllm: x', 2, '\t^'],
    ['a tab within the line too', 'a:\tx', 4, '  \t^'],
    ['Chinese takes two columns', '名: x', 4, '    ^'],
    ['full-width forms take two', 'ＡＢ: x', 5, '      ^'],
    ['an emoji takes two, though it is two units long', '😀: x', 5, '    ^'],
    ['a combining accent takes none', 'e\u0301: x', 5, '   ^'],
    ['a zero-width joiner takes none', 'a\u200db: x', 6, '    ^'],
    ['the first column', 'x', 1, '^'],
    ['after the end of the line', 'x:', 3, '  ^'],
  ])('puts the caret right: %s', (_, source, column, caret) => {
    expect(lines(at(source, column))[2]).toBe(`      | ${caret}`)
  })

  it('never passes on what would move the cursor or turn the text round', () => {
    const evil = 'a\u001b[2Jb\u0007c\u202ed\u2028e\u009bf\rg'
    const text = formatDiagnostics([at(evil, 1, { message: evil, file: `${evil}.yaml` })])
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Bidi_Control}]/u)
    expect(text.split('\n')).toHaveLength(5)
  })
})
