import { i18n } from '../i18n/index.ts'
import { type Ended, runInImage } from '../in-image.ts'
import { replaceFile } from '../incoming.ts'

/** What the controller takes at most, in bytes. */
export const MAX_BYTES = 128 * 1024

/** What `check --json` prints. */
interface Report {
  is_valid: boolean
  diagnostics: {
    severity: 'error' | 'warning'
    line: number
    column: number
    path: string
    message: string
    hint?: string
  }[]
}

/**
 * Puts a text in the place of topology.yaml if the controller's parser finds no mistake; returns its
 * warnings, one a line. Throws the mistakes likewise, and then the file is as it was.
 */
export async function replaceTopology(
  effects: Parameters<typeof runInImage>[0],
  sent: string,
): Promise<string> {
  // A form sends the line ends of its browser; the file has one kind.
  const text = `${sent.replaceAll('\r\n', '\n').trimEnd()}\n`
  if (text.trim() === '') throw new Error(i18n('The text is empty'))
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new Error(i18n('The text is larger than 128 KiB, which no topology may be'))
  return await replaceFile('topology.yaml', text, async (path) => {
    const report = readReport(await runInImage(effects, ['check', '--json', path]))
    const told = report.diagnostics.map(inWords).join('\n')
    if (!report.is_valid) throw new Error(`${i18n('Not kept; the text has mistakes:')}\n${told}`)
    return told
  })
}

function readReport({ exitCode, stdout, stderr }: Ended): Report {
  try {
    return JSON.parse(stdout) as Report
  } catch {
    const why = stderr.trim() || i18n('it ended without a word')
    throw new Error(
      `${i18n('Not kept; the check itself failed:')} ${why} (${exitCode ?? i18n('killed')})`,
    )
  }
}

/** `12:5 services.llm.host: what — way out`, in the parser's own words. */
const inWords = ({ line, column, path, message, hint }: Report['diagnostics'][number]): string =>
  `${line}:${column} ${path ? `${path}: ` : ''}${message}${hint ? ` — ${hint}` : ''}`
