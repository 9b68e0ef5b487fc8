import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { EMBEDDINGS_CODES } from './errors.ts'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')

it.each(Object.entries(EMBEDDINGS_CODES))(
  'the README explains %s with its status',
  (code, status) => {
    expect(README).toContain(`| \`${code}\` | ${status} |`)
  },
)
