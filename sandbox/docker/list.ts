import type { SimHost, Tool, ToolCall } from '../cluster.ts'
import type { Container } from './daemon.ts'
import { withTag } from './daemon.ts'
import { FormatError, formatGo } from './go-format.ts'
import { lastValue, type ParsedOptions, parseOptions, splitOnce } from './options.ts'
import { imageRow, inspectContainer, inspectImage, psRow } from './views.ts'

/** `docker ps`. */
export const ps: Tool = (call, host) => {
  const parsed = parseOptions(call.args, {
    flags: [['all', 'a'], ['quiet', 'q'], ['no-trunc'], ['latest', 'l'], ['size', 's']],
    values: [['filter', 'f'], ['format'], ['last', 'n']],
  })
  if (parsed.unknown) return usage(call, 'ps', '[OPTIONS]', parsed.unknown)
  const isFull = parsed.flags.has('no-trunc')
  const shown = host.docker.containers
    .filter((each) => parsed.flags.has('all') || each.state === 'running')
    .filter((each) => (parsed.values.get('filter') ?? []).every((filter) => fits(each, filter)))
    .toReversed()
  const rows = shown.map((each) => psRow(each, Date.now(), isFull))
  return printRows(call, parsed, rows, [
    'ID',
    'Image',
    'Command',
    'RunningFor',
    'Status',
    'Ports',
    'Names',
  ])
}

/** `docker images`, `docker image ls`. */
export const images: Tool = (call, host) => {
  const parsed = parseOptions(call.args, {
    flags: [['all', 'a'], ['quiet', 'q'], ['no-trunc'], ['digests']],
    values: [['filter', 'f'], ['format']],
  })
  if (parsed.unknown) return usage(call, 'images', '[OPTIONS] [REPOSITORY[:TAG]]', parsed.unknown)
  const wanted = parsed.rest[0]
  const rows = host.docker.images
    .filter((each) => wanted === undefined || each.name === withTag(wanted))
    .map((each) => imageRow(each, Date.now(), parsed.flags.has('no-trunc')))
  return printRows(call, parsed, rows, ['Repository', 'Tag', 'ID', 'CreatedSince', 'Size'])
}

/** `docker inspect`, `docker container inspect`, `docker image inspect`. */
export function inspect(kind: 'any' | 'container' | 'image'): Tool {
  return (call, host) => {
    const parsed = parseOptions(call.args, {
      flags: [['size', 's']],
      values: [['format', 'f'], ['type']],
    })
    if (parsed.unknown)
      return usage(call, 'inspect', '[OPTIONS] NAME|ID [NAME|ID...]', parsed.unknown)
    if (parsed.rest.length === 0) return tooFew(call, 'inspect', '[OPTIONS] NAME|ID [NAME|ID...]')
    const type = lastValue(parsed, 'type') ?? kind
    const found: Record<string, unknown>[] = []
    const missing: string[] = []
    for (const name of parsed.rest) {
      const container = type === 'image' ? undefined : host.docker.find(name)
      const image = type === 'container' ? undefined : host.docker.findImage(name)
      if (container) found.push(inspectContainer(container))
      else if (image) found.push(inspectImage(image))
      else missing.push(missingText(type, name))
    }
    const status = printInspected(call, lastValue(parsed, 'format'), found)
    for (const text of missing) call.err(`${text}\n`)
    return missing.length > 0 ? 1 : status
  }
}

/** Prints a mistake in the options as docker does; exit status 125. */
export function usage(call: ToolCall, command: string, words: string, mistake: string): number {
  call.err(
    `${mistake}\n\nUsage:  docker ${command} ${words}\n\nRun 'docker ${command} --help' for more information\n`,
  )
  return 125
}

/** Prints that a name is missing on the command line; exit status 1. */
export function tooFew(call: ToolCall, command: string, words: string): number {
  call.err(
    `docker: 'docker ${command}' requires at least 1 argument\n\nUsage:  docker ${command} ${words}\n\nSee 'docker ${command} --help' for more information\n`,
  )
  return 1
}

/** The container of this name, or docker's refusal printed. */
export function findOrRefuse(call: ToolCall, host: SimHost, name: string): Container | undefined {
  const container = host.docker.find(name)
  if (!container) call.err(`Error response from daemon: No such container: ${name}\n`)
  return container
}

function missingText(type: string, name: string): string {
  if (type === 'image') {
    return `Error response from daemon: no such image: ${name}: No such image: ${withTag(name)}`
  }
  if (type === 'container') return `Error response from daemon: No such container: ${name}`
  return `Error: No such object: ${name}`
}

function printInspected(
  call: ToolCall,
  format: string | undefined,
  found: Record<string, unknown>[],
): number {
  if (format === undefined || format === 'json') {
    const text = found.length === 0 ? '[]' : JSON.stringify(found, null, format ? 0 : 4)
    call.out(`${text}\n`)
    return 0
  }
  try {
    if (found.length === 0) call.out('\n')
    for (const each of found) call.out(`${formatGo(format, each)}\n`)
    return 0
  } catch (error) {
    return refuseFormat(call, error)
  }
}

function refuseFormat(call: ToolCall, error: unknown): number {
  if (!(error instanceof FormatError)) throw error
  if (error.status === 1) call.out('\n')
  call.err(`${error.message}\n`)
  return error.status
}

const TITLES: Record<string, string> = {
  ID: 'CONTAINER ID',
  RunningFor: 'CREATED',
  CreatedSince: 'CREATED',
}

function printRows(
  call: ToolCall,
  parsed: ParsedOptions,
  rows: Record<string, string>[],
  columns: string[],
): number {
  const format = lastValue(parsed, 'format')
  if (parsed.flags.has('quiet')) {
    for (const row of rows) call.out(`${row.ID}\n`)
    return 0
  }
  if (format === undefined || format === 'table') {
    const isImages = columns[0] === 'Repository'
    const head = Object.fromEntries(
      columns.map((name) => [
        name,
        isImages && name === 'ID' ? 'IMAGE ID' : (TITLES[name] ?? name.toUpperCase()),
      ]),
    )
    call.out(table([head, ...rows].map((row) => columns.map((name) => row[name] ?? ''))))
    return 0
  }
  try {
    const isTable = format.startsWith('table ')
    const template = (format === 'json' ? '{{json .}}' : format.replace(/^table /, ''))
      .replaceAll('\\t', '\t')
      .replaceAll('\\n', '\n')
    const lines = rows.map((row) => formatGo(template, row))
    if (!isTable) {
      for (const line of lines) call.out(`${line}\n`)
      return 0
    }
    const titles = template.replace(
      /\{\{\.(\w+)\}\}/g,
      (_all, name: string) => TITLES[name] ?? name.toUpperCase(),
    )
    call.out(table([titles, ...lines].map((line) => line.split('\t'))))
    return 0
  } catch (error) {
    return refuseFormat(call, error)
  }
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: string[]) =>
    row.map((cell, column) =>
      column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3),
    )
  return rows.map((row) => `${line(row).join('')}\n`).join('')
}

function fits(container: Container, filter: string): boolean {
  const [name, value = ''] = splitOnce(filter, '=')
  switch (name) {
    case 'name':
      // docker tries the pattern on the name with and without its slash
      return matches(value, `/${container.name}`) || matches(value, container.name)
    case 'id':
      return container.id.startsWith(value)
    case 'status':
      return container.state === value
    case 'ancestor':
      return container.image.name === withTag(value) || container.image.id === value
    default:
      return false
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text)
  } catch {
    return false
  }
}
