import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FormPeek, type FoundPart, MAX_PEEK_BYTES } from './multipart-model.ts'

const TYPE = 'multipart/form-data; boundary=b'

/** What is told, and after how many bytes. */
function peek(parts: Iterable<Buffer>): { found: FoundPart; bytes: number } {
  const form = new FormPeek(TYPE)
  let bytes = 0
  let found: FoundPart = 'more'
  for (const part of parts) {
    bytes += part.length
    found = form.take(part)
    if (found !== 'more') break
  }
  return { found, bytes }
}

const single = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.of(byte))

it('is told the same byte by byte as in one', () => {
  const piece = fc.constantFrom(
    ...['--b', '\r\n', '\r\n--b', '--', '-', '\n', 'x', ';filename=a', 'model', '; name="model"'],
    ...['Content-Disposition: form-data', 'Content-Disposition: form-data; name="model"\r\n\r\n'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = Buffer.from(`--b\r\n${pieces.join('')}`)
      expect(peek(single(bytes)).found).toEqual(peek([bytes]).found)
    }),
    { numRuns: 2000 },
  )
})

it('finds a model among other fields', () => {
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const form = `${part('language', '')}${part('prompt', 'model --b')}${part('model', 'w')}--b--`
  expect(peek([Buffer.from(form)]).found).toEqual({ model: 'w' })
})

it.each([
  ['parts without end', '--b\r\n\r\n\r\n'],
  ['heads without end', '--b\r\nContent-Disposition: form-data; a=b; '],
  ['a head of nothing but its beginning', 'content-disposition:'],
  ['line ends', '\r\n'],
  ['half boundaries', '\r\n--'],
])('%s, sent byte by byte, come to an end and hold nobody up', (_title, unit) => {
  const bytes = Buffer.from(`--b\r\n${unit.repeat(MAX_PEEK_BYTES / unit.length + 1)}`)
  const { found, bytes: read } = peek(single(bytes))
  expect(found).toEqual({ model: null })
  expect(read).toBeLessThanOrEqual(MAX_PEEK_BYTES + 1)
})
