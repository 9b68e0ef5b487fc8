import { fieldsOf, textOf } from '../normalise/raw-word.ts'

/**
 * The sentence in an error a server answered, in any of the shapes there are: OpenAI's
 * `{ error: { message } }`, `{ error }`, FastAPI's `{ detail }` as text, list or object, `{ message }`
 * or plain text. Paths of its files are taken out, and it is cut at 300 characters.
 */
export function serverWords(text: string): string {
  const words = wordsOf(parse(text)) ?? (/^\s*[<{[]/.test(text) ? '' : text)
  return words.replace(PATHS, '…').replace(/\s+/g, ' ').trim().slice(0, 300)
}

const PATHS = /(?:\/[\w.~-]+){2,}\/?/g

function wordsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  // FastAPI lists what is wrong with each field
  if (Array.isArray(value)) return value.map(mistakeOf).filter(Boolean).join('; ') || undefined
  const fields = fieldsOf(value)
  if (!fields) return undefined
  return textOf(fields, 'message', 'msg') ?? wordsOf(fields.error) ?? wordsOf(fields.detail)
}

function mistakeOf(entry: unknown): string {
  const fields = fieldsOf(entry) ?? {}
  const place = Array.isArray(fields.loc) ? fields.loc.filter((part) => part !== 'body') : []
  return [place.join('.'), textOf(fields, 'msg', 'message')].filter(Boolean).join(': ')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
