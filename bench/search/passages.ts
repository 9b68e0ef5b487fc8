import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A piece of the docs that can be an answer: a paragraph, an item of a list, a row of a table. */
export interface Passage {
  id: string
  text: string
}

const FILES = ['README.md', 'docs/**/*.md', 'plugins/*/README.md', 'sandbox/README.md']

/** Every passage of the project's docs, each behind the heading it stands under. */
export function readPassages(root: string): Passage[] {
  const files = FILES.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()
  return files.flatMap((file) =>
    splitPassages(readFileSync(join(root, file), 'utf8')).map((text, n) => ({
      id: `${file}#${n}`,
      text,
    })),
  )
}

/** Examples and rows of dashes are left out; what stands on several lines becomes one. */
function splitPassages(markdown: string): string[] {
  const passages: string[] = []
  let heading = ''
  let lines: string[] = []
  const end = (): void => {
    const text = lines.join(' ').replace(/\s+/g, ' ').trim()
    if (/\p{L}{2}/u.test(text)) passages.push(heading ? `${heading}: ${text}` : text)
    lines = []
  }
  for (const line of markdown.replace(/```[\s\S]*?```/g, '\n').split('\n')) {
    const isRow = line.startsWith('|')
    if (line.trim() === '' || line.startsWith('#') || isRow || /^\s*([-*]|\d+\.) /.test(line)) end()
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '')
    else if (!/^\|[\s|:-]+\|?$/.test(line)) lines.push(isRow ? line.replaceAll('|', ' ') : line)
  }
  end()
  return passages
}
