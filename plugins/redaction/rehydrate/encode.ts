/** What a value is put into, which decides how it is written there. */
export type Format = 'text' | 'json' | 'html' | 'url'

/** A value as it has to be written inside that container, so that it cannot break out of it. */
export function encode(value: string, format: Format): string {
  switch (format) {
    case 'text':
      return value
    case 'json':
      return JSON.stringify(value).slice(1, -1)
    case 'html':
      return value.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
    case 'url':
      return encodeUrl(value)
  }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Half a character cannot be percent-encoded; it becomes the sign for one that is missing. */
const encodeUrl = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
