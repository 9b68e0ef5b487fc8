import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { loadCatalog } from '../core/catalog.ts'
import { kindFacts } from '../core/check-file.ts'
import { type KeyLine, type Reference, topologyReference } from '../core/topology/reference.ts'

const at = (path: string) => new URL(path, import.meta.url)

/** Every key of the core and of the kinds in the tree, with the values of examples/every-key.yaml. */
export async function readReference(): Promise<Reference> {
  const example = parse(readFileSync(at('../examples/every-key.yaml'), 'utf8'))
  return topologyReference(kindFacts(await loadCatalog()), example)
}

/**
 * The page with its tables made anew: what stands between `<!-- keys: NAME -->` and `<!-- end -->` is
 * the table of that place, `kinds` a table for each kind. Throws for a name that there is not.
 */
export function fillTables(page: string, reference: Reference): string {
  return page.replaceAll(
    /<!-- keys: (\w+) -->\n.*?<!-- end -->/gs,
    (_, name) => `<!-- keys: ${name} -->\n${partOf(name, reference)}\n<!-- end -->`,
  )
}

function partOf(name: string, reference: Reference): string {
  if (name === 'kinds') return [...reference].flatMap(kindPart).join('\n\n')
  const lines = reference.get(name)
  if (!lines) throw new Error(`there is no part "${name}" of a topology`)
  return table(lines)
}

function kindPart([name, lines]: [string, KeyLine[]]): string[] {
  const [, kind] = /^kind (.+)$/.exec(name) ?? []
  return kind === undefined
    ? []
    : [`### Kind \`${kind}\`\n\nMore: [its page](../plugins/${kind}/README.md).\n\n${table(lines)}`]
}

const table = (lines: readonly KeyLine[]): string =>
  [
    '| key | type | default | meaning | example |',
    '|---|---|---|---|---|',
    ...lines.map(({ key, type, usual, meaning, example }) => {
      const shown = example === undefined ? 'see its keys' : `\`${inCell(example)}\``
      return `| \`${key}\` | ${type} | ${inWords(usual)} | ${inWords(meaning)} | ${shown} |`
    }),
  ].join('\n')

const inCell = (text: string): string => text.replaceAll('|', '\\|')
const inWords = (text: string): string => inCell(text).replaceAll('<', '&lt;')

if (import.meta.main) {
  const page = at('topology.md')
  writeFileSync(page, fillTables(readFileSync(page, 'utf8'), await readReference()))
}
