import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, read } from './testing/code-blocks.ts'

const claims = [...read('docs/security.md').matchAll(/`([\w./-]+\.test\.ts)`: “([^|]+)” \|/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
)

it('every test that docs/security.md calls as witness is there, under that title', () => {
  expect(claims.length).toBeGreaterThan(25)
  const missing = claims.filter(
    ({ file, title }) => !existsSync(join(ROOT, file)) || !read(file).includes(title),
  )
  expect(missing).toEqual([])
})

it('every line that says what stops somebody has a witness', () => {
  const lines = read('docs/security.md')
    .split(/\n(?=\| what stops (?:it|them) from getting out \| held|\| what stops it \| held)/)
    .slice(1)
    .flatMap((part) => part.split('\n\n')[0]?.split('\n').slice(2) ?? [])
  expect(lines.length).toBe(claims.length)
})
