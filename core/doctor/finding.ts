import { asControlError } from '../errors.ts'

/** What came of one check: fine, worth a look, or broken; with the way out where there is one. */
export interface Finding {
  /** Id of a host or service. */
  subject: string
  level: 'fine' | 'warning' | 'bad'
  message: string
  /** Of the error, where it is one. */
  code?: string
  hint?: string
}

const MARKS = { fine: '✓', warning: '!', bad: '✗' }

/** What an error says, as a finding. */
export function findingOf(thrown: unknown, level: 'warning' | 'bad', subject: string): Finding {
  const { code, message, hint } = asControlError(thrown)
  return { subject, level, message, code, ...(hint !== undefined && { hint }) }
}

/** Findings as lines, those of one subject below its name. */
export function formatFindings(findings: readonly Finding[]): string {
  const subjects = Map.groupBy(findings, ({ subject }) => subject)
  const blocks = [...subjects].map(([subject, own]) => {
    const lines = own.flatMap(({ level, message, code, hint }) => [
      `  ${MARKS[level]} ${message}${code === undefined ? '' : ` (${code})`}`,
      ...(hint === undefined ? [] : [`      ${hint}`]),
    ])
    return `${subject}\n${lines.join('\n')}\n`
  })
  return blocks.join('')
}
