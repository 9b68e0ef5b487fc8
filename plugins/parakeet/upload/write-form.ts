import { randomBytes } from 'node:crypto'
import type { Fields } from './read-form.ts'

/** A form on its way to a server. */
export interface OutgoingForm {
  contentType: string
  body: AsyncIterable<Buffer>
}

export interface FormFile {
  name: string
  type: string
  content: AsyncIterable<Buffer>
}

/**
 * Writes a form as a stream: the file, then the fields that are known by its end. Servers read all of
 * a form before they begin, so the order does not matter to them.
 */
export function writeForm(file: FormFile, fields: () => Promise<Fields>): OutgoingForm {
  const boundary = `form-${randomBytes(18).toString('base64url')}`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: write(boundary, file, fields),
  }
}

async function* write(
  boundary: string,
  { name, type, content }: FormFile,
  fields: () => Promise<Fields>,
): AsyncIterable<Buffer> {
  const disposition = `form-data; name="file"; filename="${quoted(name)}"`
  yield Buffer.from(
    `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n`,
  )
  yield* content
  const rest = (await fields()).map(
    ([field, value]) =>
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="${quoted(field)}"\r\n\r\n${value}`,
  )
  yield Buffer.from(`${rest.join('')}\r\n--${boundary}--\r\n`)
}

/** As browsers write names (WHATWG, multipart/form-data encoding). */
const quoted = (text: string): string =>
  text.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
