import type { Readable } from 'node:stream'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { ControlError } from '#core'
import { badField, speechError } from '../errors.ts'

/** A form's fields in the order they came; a name may stand several times. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** A form on its way: its file is read as a stream, its other fields are those before and after. */
export interface Form {
  file: { name: string; content: AsyncIterable<Buffer> }
  before: Fields
  /** All fields, once the file has been read to its end. Rejects where the form breaks off. */
  all: Promise<Fields>
}

const MOST_FIELDS = 64
/** References of known speakers are data URLs of ten seconds of audio. */
const MOST_FIELD_BYTES = 2 * 1024 ** 2

/**
 * Reads a multipart form up to its `file`, which stays a stream. Rejects with UNSUPPORTED_MEDIA_TYPE,
 * VALIDATION or FORM_BROKEN, or as the body itself does.
 */
export function readForm(body: Readable, contentType: string | undefined): Promise<Form> {
  return new Promise((resolve, reject) => {
    const parser = openParser(contentType)
    const fields: [string, string][] = []
    const all = Promise.withResolvers<Fields>()
    all.promise.catch(() => {
      // told to whoever reads the file, too
    })
    let file: BusboyFileStream | undefined
    const fail = (error: Error): void => {
      body.unpipe(parser)
      file?.destroy(error)
      all.reject(error)
      reject(error)
    }
    parser.on('file', (field, content, name = '') => {
      content.on('error', () => {})
      if (field !== 'file' || file) {
        content.resume()
        return fail(badField(field, file ? 'is a second file; send one' : 'is no field for a file'))
      }
      file = content
      resolve({
        file: { name, content: brokenAs(content, fail) },
        before: [...fields],
        all: all.promise,
      })
    })
    parser.on('field', (name, value, isNameCut, isCut) => {
      if (isNameCut || isCut) return fail(badField(name, `has more than ${MOST_FIELD_BYTES} bytes`))
      if (name === 'file') return fail(badField('file', 'has no filename, so it is no file'))
      fields.push([name, value])
    })
    parser.on('partsLimit', () => fail(speechError('FORM_BROKEN', 'The form has too many parts.')))
    parser.on('fieldsLimit', () =>
      fail(speechError('FORM_BROKEN', `The form has more than ${MOST_FIELDS} fields.`)),
    )
    parser.on('error', (error: unknown) => fail(formBroken(error)))
    parser.on('finish', () => {
      if (!file) return fail(badField('file', 'is missing; send the audio in it'))
      all.resolve(fields)
    })
    body.on('error', fail)
    // one that was only let go of must not keep its readers waiting
    body.once('close', () => {
      if (!body.readableEnded) fail(formBroken(undefined))
    })
    body.pipe(parser)
  })
}

function openParser(contentType = ''): InstanceType<typeof Busboy> {
  if (!/^multipart\/form-data\s*;/i.test(contentType))
    throw new ControlError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type is "${contentType.slice(0, 100)}"; audio is sent as multipart/form-data.`,
      { hint: 'With curl: -F file=@speech.wav -F model=whisper-1.' },
    )
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        ...{ fieldSize: MOST_FIELD_BYTES, fieldNameSize: 200, fields: MOST_FIELDS },
        ...{ parts: MOST_FIELDS + 4, headerPairs: 50, headerSize: 16 * 1024 },
      },
    })
  } catch (cause) {
    throw formBroken(cause)
  }
}

const formBroken = (cause: unknown): ControlError =>
  cause instanceof ControlError
    ? cause
    : speechError('FORM_BROKEN', 'The form cannot be read: it ends too early or has no boundary.', {
        hint: 'Send it whole, with the boundary its Content-Type names.',
        cause,
      })

/** A form that breaks off inside the file is an error of the form. */
async function* brokenAs(
  content: BusboyFileStream,
  fail: (error: Error) => void,
): AsyncIterable<Buffer> {
  try {
    for await (const part of content) yield part as Buffer
  } catch (thrown) {
    const error = formBroken(thrown)
    fail(error)
    throw error
  }
}
