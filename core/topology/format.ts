import type { Diagnostic } from './topology.ts'

/**
 * Diagnostics for a terminal: `file:line:col  path: what — way out`, below it the line and a caret.
 * Ends with a line end unless there are none.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${headline(diagnostic)}${excerpt(diagnostic)}\n`).join('')
}

function headline({ file, line, column, severity, path, message, hint }: Diagnostic): string {
  const what = `${severity === 'warning' ? 'warning: ' : ''}${path ? `${path}: ` : ''}${message}`
  return `${printable(`${file}:${line}:${column}  ${what}${hint ? ` — ${hint}` : ''}`)}\n`
}

function excerpt({ source, line, column }: Diagnostic): string {
  if (source === undefined || source.trim() === '') return ''
  const number = String(line).padStart(5)
  const before = [...printable(source.slice(0, column - 1))]
  const indent = before.map((character) =>
    character === '\t' ? '\t' : ' '.repeat(width(character)),
  )
  return `${number} | ${printable(source)}\n${' '.repeat(5)} | ${indent.join('')}^\n`
}

/** A file must not move the cursor or colour the terminal of who reads about it. */
const printable = (text: string): string =>
  text.replace(/(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\ufffd')

/** Columns a character takes: none if it joins the one before it, two if it is wide. */
function width(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u
