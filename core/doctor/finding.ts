/** What came of one check: fine, worth a look, or broken; with the way out where there is one. */
export interface Finding {
  /** Id of a host or service. */
  subject: string
  level: 'fine' | 'warning' | 'bad'
  message: string
  hint?: string
}

const MARKS = { fine: '✓', warning: '!', bad: '✗' }

/** Findings as lines, those of one subject below its name. */
export function formatFindings(findings: readonly Finding[]): string {
  const subjects = Map.groupBy(findings, ({ subject }) => subject)
  const blocks = [...subjects].map(([subject, own]) => {
    const lines = own.flatMap(({ level, message, hint }) => [
      `  ${MARKS[level]} ${message}`,
      ...(hint === undefined ? [] : [`      ${hint}`]),
    ])
    return `${subject}\n${lines.join('\n')}\n`
  })
  return blocks.join('')
}
