import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseShell, quoteWord } from './shell-words.ts'

test.each([
  ['vllm serve a -tp 2', [['vllm', 'serve', 'a', '-tp', '2']]],
  [`a 'b c' "d \\" e" f\\ g $'h\\ni'`, [['a', 'b c', 'd " e', 'f g', 'h\ni']]],
  ['#!/bin/bash\n# x\nvllm serve a \\\n  --port 1\n', [['vllm', 'serve', 'a', '--port', '1']]],
  ['cd x && y; z', [['cd', 'x'], ['y'], ['z']]],
])('%s is parted into words', (line, words) => {
  expect(parseShell(line)?.map((each) => each.words)).toEqual(words)
})

test('variables and redirections are kept apart from the words', () => {
  expect(parseShell('export A=1\nB="2 3" vllm serve x >> /proc/1/fd/1 2>&1')).toEqual([
    {
      words: ['vllm', 'serve', 'x'],
      env: { A: '1', B: '2 3' },
      redirects: ['>>/proc/1/fd/1', '2>&1'],
    },
  ])
})

test.each(['echo $(id)', 'a | b', 'echo `id`', "echo 'open", 'a & b'])(
  '%s needs a real shell and is left alone',
  (line) => {
    expect(parseShell(line)).toBeUndefined()
  },
)

test('a quoted word comes back as it was', () => {
  const word = fc.string({ unit: fc.constantFrom(...' aZ0-=_/.,:{}[]"\'\\$`;|&<>()*?!#~\n\t') })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const line = words.map(quoteWord).join(' ')
      expect(parseShell(`x ${line}`)?.[0]?.words).toEqual(['x', ...words])
    }),
  )
})

test('words are quoted as bash quotes them', () => {
  const words = ['a b', `it's`, '{"m":"mtp"}', 'x=1', '~', '$HOME', '', 'a,b', 'http://x:1/y?z']
  const bash = execFileSync('bash', ['-c', 'printf "%q\\n" "$@"', '_', ...words], {
    encoding: 'utf8',
  })
  expect(words.map(quoteWord)).toEqual(bash.trimEnd().split('\n'))
})
