import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../core/catalog.ts'
import { pages, ROOT, read } from './testing/code-blocks.ts'

/** A heading as the end of an address, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchors = (page: string): Set<string> =>
  new Set([...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))

const links = pages().flatMap((page) =>
  [
    ...read(page)
      .replaceAll(/```.*?```/gs, '')
      .matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g),
  ]
    .map(([, link, source]) => link ?? source ?? '')
    .filter((link) => !/^(https?:|mailto:)/.test(link))
    .map((link) => ({ page, link })),
)

it('every link of the pages leads to a file that there is, and to a heading in it', () => {
  expect(links.length).toBeGreaterThan(60)
  const dead = links.filter(({ page, link }) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(ROOT, target))) return true
    return anchor !== undefined && !anchors(target).has(anchor)
  })
  expect(dead).toEqual([])
})

it('the index names every page of docs/, and a page for programs for every kind', () => {
  const index = read('docs/README.md')
  const own = pages().filter((page) => /^docs\/(guides\/)?[^/]+\.md$/.test(page))
  const missing = own.filter((page) => !index.includes(`(${page.slice(5)})`))
  expect(missing).toEqual(['docs/README.md'])
  const programs = index.slice(index.indexOf('## Your program'), index.indexOf('## You change'))
  const kinds = readdirSync(BUILT_IN_PLUGINS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  expect(kinds.filter((kind) => !programs.includes(`\`${kind}\``))).toEqual([])
})

it('decisions are numbered through, and every longer one is named', () => {
  const page = read('docs/decisions/README.md')
  const numbers = [...page.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  const longer = pages().filter((each) => /^docs\/decisions\/(?!README)/.test(each))
  const missing = longer.filter((each) => !page.includes(`](${each.split('/').at(-1)})`))
  expect(missing).toEqual([])
})
