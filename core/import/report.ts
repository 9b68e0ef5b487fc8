import { count } from '../count.ts'
import { commentLine } from './comment.ts'
import type { ImportResult } from './import-all.ts'

/** What a person is told of an import. */
export function report({ hosts, services, recipes, remarks, checks }: ImportResult): string {
  const places = remarks.map(
    ({ file, line, column, text }) => `  ${file}:${line}:${column}  ${commentLine(text)}\n`,
  )
  return [
    `${count(hosts, 'host')}, ${count(services, 'service')}, settings of ${count(recipes.length, 'model')}\n`,
    ...section('What did not go over as it stood', places),
    ...section(
      'Look at in topology.yaml',
      checks.map((text) => `  ${commentLine(text)}\n`),
    ),
  ].join('')
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:\n`, ...lines]
