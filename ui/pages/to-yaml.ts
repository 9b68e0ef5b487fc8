/** A value as YAML for reading. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every(isScalar)) return `[${value.map(scalar).join(', ')}]`
    return value.map((item) => `\n${indent}- ${toYaml(item, `${indent}  `).trimStart()}`).join('')
  }
  if (typeof value !== 'object' || value === null) return scalar(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, item]) => {
    const text = toYaml(item, `${indent}  `)
    return `${indent}${key}:${text.startsWith('\n') ? text : ` ${text}`}`
  })
  return (indent === '' ? '' : '\n') + lines.join('\n')
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  return /^[\w./~@:-]+$/.test(value) && !/^[\d-]|:$/.test(value) ? value : JSON.stringify(value)
}
